# Writes survival_r.json: Kaplan-Meier and cumulative incidence. Run once, by hand:
#
#   Rscript tests/stats/make_survival_reference.R tests/stats/survival_r.json
#
# Written with R 4.2.2, survival 3.5-3, etm 1.1.1, jsonlite (Debian 12: r-base-core, r-cran-survival, r-cran-etm, r-cran-jsonlite).
# The variance of the cumulative incidence is summed here by the delta method as well, because etm tells it at times with an event alone.

suppressPackageStartupMessages({
  library(survival)
  library(etm)
  library(jsonlite)
})
options(warn = 1)
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(19580601)

levels_used <- c("0.9", "0.95", "0.99")
large <- c("forty", "sixty_tenths", "three_hundred", "sixty", "two_hundred") # at one level alone, for the size of the file
absent_is_null <- function(x) lapply(as.numeric(x), function(v) if (is.finite(v)) v else NULL)

drawn <- function(n, causes, digits = 0, until = 20) list(
  time = sprintf(paste0("%.", digits, "f"), round(runif(n, 0.6, until), digits)),
  event = sample(c("", causes), n, replace = TRUE)
)
case <- function(time, event) list(time = as.character(time), event = event)
e <- "flare"

# ---- one kind of event ------------------------------------------------------------------------------------------
single <- list(
  one_event = case(3, e), one_censored = case(3, ""),
  two_events = case(c(1, 2), c(e, e)), two_tied = case(c(2, 2), c(e, e)), two_censored = case(c(1, 2), c("", "")),
  event_then_censored = case(c(1, 2), c(e, "")), censored_then_event = case(c(1, 2), c("", e)),
  tied_event_and_censoring = case(c(2, 2), c(e, "")),
  eight_censored = case(1:8, rep("", 8)), eight_tied_events = case(rep(5, 8), rep(e, 8)),
  eight_events = case(1:8, rep(e, 8)), eight_same_censored = case(rep(4, 8), rep("", 8)),
  half_and_falls = case(c("1.5", "3", "4.5", "6"), c(e, e, e, e)),
  half_and_stays = case(c(1, 2, 3, 4), c(e, e, "", "")),
  half_over_censoring = case(c(1, 2, 3, 3, 5, 6, 7, 8), c(e, e, e, e, "", e, e, "")),
  half_by_thirds = case(c(1, 2, 3, 4, 5, 6, 7), c(e, "", "", e, e, e, "")),
  never_half = case(c(1, 2, 3, 4, 5, 6), c(e, "", "", "", "", "")),
  ties_everywhere = case(c(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4), c(e, "", e, "", e, "", e, e, "", e, "")),
  event_at_zero = case(c(0, 2, 3, 4), c(e, e, e, "")),
  censored_at_zero = case(c(0, 0, 3, 4), c("", e, e, "")),
  last_is_event = case(c(2, 4, 6, 8, 9), c("", e, "", e, e)),
  narrow = case(rep(1:10, each = 12), rep(c(e, e, e, ""), 30)),
  twelve = drawn(12, e), twenty_tenths = drawn(20, e, 1), forty = drawn(40, e), sixty_tenths = drawn(60, c(e, e), 1),
  three_hundred = drawn(300, c(e, e, e), 0, 60)
)
kaplan_meier <- list()
for (name in names(single)) for (level in if (name %in% large) "0.95" else levels_used) {
  d <- single[[name]]
  fit <- survfit(Surv(as.numeric(d$time), d$event != "") ~ 1, conf.type = "log-log", conf.int = as.numeric(level))
  table <- summary(fit)$table
  kaplan_meier[[length(kaplan_meier) + 1]] <- list(
    name = name, level = level, time = as.list(d$time), event = as.list(d$event),
    steps = lapply(seq_along(fit$time), function(i) list(
      time = fit$time[i], at_risk = fit$n.risk[i], events = fit$n.event[i], censored = fit$n.censor[i],
      survival = fit$surv[i], error = absent_is_null(fit$surv[i] * fit$std.err[i])[[1]],
      lower = absent_is_null(fit$lower[i])[[1]], upper = absent_is_null(fit$upper[i])[[1]]
    )),
    median = absent_is_null(table[c("median", paste0(level, "LCL"), paste0(level, "UCL"))])
  )
}

# ---- competing events -------------------------------------------------------------------------------------------
delta_variance <- function(time, event, cause, at) {
  times <- sort(unique(time))
  n <- sapply(times, function(t) sum(time >= t))
  d <- sapply(times, function(t) sum(time == t & event != ""))
  k <- sapply(times, function(t) sum(time == t & event == cause))
  before <- c(1, cumprod(1 - d / n))[seq_along(times)]
  incidence <- cumsum(before * k / n)
  keep <- times <= at
  total <- sum((before * k / n)[keep])
  rest <- (total - incidence)[keep]
  n <- n[keep]; d <- d[keep]; k <- k[keep]; before <- before[keep]
  sum(ifelse(d == n, 0, rest^2 * d / (n * (n - d)))) + sum(before^2 * (n - k) * k / n^3) - 2 * sum(rest * before * k / n^2)
}
both <- c("flare", "death")
competing <- list(
  one = case(3, "flare"), one_other = case(3, "death"), one_censored = case(3, ""),
  two = case(c(1, 2), c("flare", "death")), two_tied = case(c(2, 2), c("flare", "death")),
  two_with_censoring = case(c(1, 2), c("death", "")),
  all_censored = case(1:6, rep("", 6)), all_one_event = case(1:6, rep("flare", 6)), all_others = case(1:6, rep("death", 6)),
  all_tied = case(rep(4, 9), rep(c("flare", "death", ""), 3)),
  ties_of_event_and_censoring = case(c(1, 1, 2, 2, 2, 3, 3, 4), c("flare", "", "death", "flare", "", "flare", "death", "")),
  no_censoring = case(c(1, 2, 2, 3, 4, 4, 5, 6), rep(both, 4)),
  last_is_other = case(c(1, 2, 3, 4, 5), c("flare", "", "flare", "", "death")),
  last_is_event = case(c(1, 2, 3, 4, 5), c("death", "", "flare", "", "flare")),
  three_kinds = case(c(1, 2, 2, 3, 5, 6, 6, 8, 9, 9), c("flare", "death", "stop", "", "flare", "stop", "flare", "", "death", "")),
  twelve = drawn(12, both), thirty_tenths = drawn(30, both, 1), sixty = drawn(60, c(both, "stop")),
  two_hundred = drawn(200, both, 0, 50)
)
cumulative_incidence <- list()
for (name in names(competing)) for (cause in both) for (level in if (name %in% large) "0.95" else levels_used) {
  d <- competing[[name]]
  time <- as.numeric(d$time)
  causes <- sort(setdiff(unique(d$event), ""))
  z <- qnorm(1 - (1 - as.numeric(level)) / 2)
  several <- length(causes) > 1
  states <- if (several) survfit(Surv(time, factor(d$event, c("", causes))) ~ 1)
  # etm tells nothing where events happen at one time alone.
  etm_rows <- if (cause %in% causes && length(unique(time[d$event != ""])) > 1) {
    data <- data.frame(time = time, event = ifelse(d$event == "", 0, match(d$event, causes)))
    found <- etmCIF(Surv(time, event != 0) ~ 1, data, etype = event, failcode = match(cause, causes))
    told <- summary(found, ci.fun = "cloglog", level = as.numeric(level))[[1]][[paste("CIF", match(cause, causes))]]
    lapply(seq_len(nrow(told)), function(i) list(
      time = told$time[i], value = told$P[i], variance = told$var[i],
      lower = absent_is_null(told$lower[i])[[1]], upper = absent_is_null(told$upper[i])[[1]]
    ))
  }
  times <- sort(unique(time))
  cumulative_incidence[[length(cumulative_incidence) + 1]] <- list(
    name = name, level = level, cause = cause, time = as.list(d$time), event = as.list(d$event),
    steps = lapply(times, function(t) {
      value <- if (several && cause %in% causes) summary(states, times = t)$pstate[1, which(states$states == cause)] else
        if (several || !(cause %in% causes)) 0 else 1 - summary(survfit(Surv(time, d$event != "") ~ 1), times = t)$surv
      variance <- delta_variance(time, d$event, cause, t)
      inside <- value > 1e-12 && value < 1 - 1e-12
      reach <- if (inside) exp(z * sqrt(variance) / ((1 - value) * log(1 - value))) else NA
      list(
        time = t, at_risk = sum(time >= t), events = sum(time == t & d$event == cause),
        competing = sum(time == t & d$event != cause & d$event != ""), censored = sum(time == t & d$event == ""),
        value = value, error = if (inside) sqrt(variance),
        lower = if (inside) 1 - (1 - value)^reach, upper = if (inside) 1 - (1 - value)^(1 / reach)
      )
    }),
    etm = etm_rows
  )
}

write(toJSON(
  list(
    written_with = list(R = R.version.string, survival = as.character(packageVersion("survival")),
                        etm = as.character(packageVersion("etm")), jsonlite = as.character(packageVersion("jsonlite"))),
    kaplan_meier = kaplan_meier, cumulative_incidence = cumulative_incidence
  ),
  auto_unbox = TRUE, digits = I(17), null = "null", na = "null", pretty = FALSE
), commandArgs(trailingOnly = TRUE)[1])
