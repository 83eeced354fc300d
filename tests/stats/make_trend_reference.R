# Writes trend_r.json: linear models with a random intercept. Run once, by hand:
#
#   Rscript tests/stats/make_trend_reference.R tests/stats/trend_r.json
#
# Written with R 4.2.2, lme4 1.1-31, lmerTest 3.1-3, nlme 3.1-162, jsonlite (Debian 12: r-base-core, r-cran-lme4, r-cran-lmertest, r-cran-nlme,
# r-cran-jsonlite). An optimiser stops where the likelihood is flat to the last digit of a double, which leaves eight digits of a variance. So the
# numbers to reach are solved here: the score of the restricted likelihood over whole covariance matrices V = s (I + r Z Z'), by bisection to
# the last double, and Satterthwaite's degrees of freedom from the second derivatives by the two variances. What lmerTest and nlme say stands
# beside them, and is compared as closely as they stop.

suppressPackageStartupMessages({
  library(lmerTest)
  library(nlme)
  library(jsonlite)
})
options(warn = 1)
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(19821201)

# Patients with their own level, visits at whole days, values with one decimal.
drawn <- function(visits, slope, between, within, days = function(n) sort(sample(0:180, n)), digits = 1) {
  do.call(rbind, lapply(seq_along(visits), function(i) {
    day <- days(visits[i])
    data.frame(group = i, day = day, y = round(20 + slope * day + rnorm(1, 0, between) + rnorm(visits[i], 0, within), digits))
  }))
}
months <- function(n) 30 * (seq_len(n) - 1)
opposite <- data.frame(group = rep(1:6, each = 4), day = rep(c(0, 7, 14, 21), 6),
                       y = c(1, 9, 2, 8, 9, 2, 8, 1, 2, 8, 3, 7, 8, 1, 7, 3, 3, 9, 1, 7, 7, 1, 9, 3))
girls_and_boys <- as.data.frame(Orthodont) # Potthoff & Roy, Biometrika 1964;51:313-326
datasets <- list(
  two_groups = list(data.frame(group = c(1, 1, 1, 2, 2, 2), day = c(0, 1, 2, 0, 1, 2), y = c(1, 2, 4, 5, 6, 9)), "day"),
  two_groups_of_two = list(data.frame(group = c(1, 1, 2, 2), day = c(0, 1, 0, 1), y = c(1, 2, 5, 8)), "day"),
  three_groups = list(data.frame(group = rep(1:3, c(2, 3, 2)), day = c(0, 30, 0, 14, 60, 7, 90), y = c(12, 9, 20, 18, 11, 15, 12)), "day"),
  one_group_repeated = list(data.frame(group = c(1, 1, 1, 2, 3, 4, 5), day = c(0, 10, 30, 5, 12, 20, 28), y = c(8, 6, 5, 9, 4, 7, 2)), "day"),
  balanced = list(drawn(rep(4, 8), -0.05, 4, 2, months), "day"),
  large_between = list(drawn(rep(5, 10), -0.03, 60, 0.5, months), "day"),
  balanced_at_zero = list(opposite, "day"),
  unbalanced_at_zero = list(opposite[-c(3, 9, 11, 18), ], "day"),
  nearly_zero = list(drawn(c(3, 4, 2, 5, 3, 4, 4, 2), -0.02, 0.8, 4), "day"),
  unbalanced = list(drawn(c(2, 5, 3, 1, 4, 6, 2, 3), -0.04, 5, 2), "day"),
  tied_values = list(transform(drawn(c(3, 4, 3, 4, 2, 4), -0.02, 3, 2, digits = 0), y = round(y)), "day"),
  calendar_days = list(transform(drawn(c(3, 4, 2, 5, 4, 3), -0.04, 5, 2), day = day + 20500), "day"),
  forty = list(drawn(sample(1:7, 40, TRUE), -0.02, 6, 3), "day"),
  level_alone = list(drawn(c(3, 4, 2, 5, 4), 0, 5, 2), character()),
  before_and_after = list(transform(drawn(c(4, 5, 6, 5, 4, 6, 5), -0.03, 4, 2), after = pmax(day - 90, 0)), c("day", "after")),
  between_alone = list(transform(drawn(c(4, 3, 5, 4, 4, 3, 5), -0.03, 4, 2), weight = c(31, 18, 45, 22, 60, 27, 39)[group]), c("day", "weight")),
  two_peaks = list(data.frame(group = c(0, 1, 1, 1, 2, 2, 3, 3), day = c(1, 2, 0, 10, 2, 10, 1, 1), y = c(20, 0, 2, 20, 3, 2, 3, 2)), "day"),
  two_peaks_higher_at_zero = list(data.frame(group = c(0, 1, 2, 2, 2, 3), day = c(1, 1, 1, 0, 0, 10), y = c(20, 0, 20, 0, 3, 20)), "day"),
  orthodont = list(data.frame(group = as.integer(girls_and_boys$Subject), day = girls_and_boys$age, y = girls_and_boys$distance), "day")
)

solved <- function(y, x, group) {
  n <- nrow(x); p <- ncol(x); z <- outer(group, group, "==") + 0
  parts <- function(r) {
    inverse <- solve(diag(n) + r * z)
    covariance <- solve(t(x) %*% inverse %*% x)
    list(inverse = inverse, covariance = covariance, project = inverse - inverse %*% x %*% covariance %*% t(x) %*% inverse)
  }
  # The derivative by r of -2 log restricted likelihood with s at its best.
  score <- function(r) {
    project <- parts(r)$project
    py <- project %*% y
    sum(project * z) - (n - p) * as.numeric(t(py) %*% z %*% py) / as.numeric(t(y) %*% py)
  }
  deviance <- function(r) {
    found <- parts(r)
    as.numeric(determinant(diag(n) + r * z)$modulus) - as.numeric(determinant(found$covariance)$modulus) +
      (n - p) * log(as.numeric(t(y) %*% found$project %*% y))
  }
  grid <- c(0, 10^seq(-6, 6, by = 0.1))
  scores <- sapply(grid, score)
  places <- 0
  for (i in seq_along(grid)[-1]) if (scores[i - 1] < 0 && scores[i] >= 0) {
    low <- grid[i - 1]; high <- grid[i]
    repeat {
      middle <- (low + high) / 2
      if (middle == low || middle == high) break
      if (score(middle) < 0) low <- middle else high <- middle
    }
    places <- c(places, middle)
  }
  r <- places[which.min(sapply(places, deviance))]
  found <- parts(r)
  s <- as.numeric(t(y) %*% found$project %*% y) / (n - p)
  effects <- as.numeric(found$covariance %*% t(x) %*% found$inverse %*% y)
  covariance <- s * found$covariance
  # By the variances: V = s I + t Z Z', derivatives I and Z Z'.
  project <- found$project / s
  inverse <- found$inverse / s
  derivatives <- list(diag(n), z)
  py <- project %*% y
  second <- matrix(0, 2, 2)
  for (i in 1:2) for (j in 1:2) second[i, j] <- -sum((project %*% derivatives[[i]]) * t(project %*% derivatives[[j]])) +
    2 * as.numeric(t(py) %*% derivatives[[i]] %*% project %*% derivatives[[j]] %*% py)
  df <- sapply(seq_len(p), function(k) {
    if (r == 0) return(n - p)
    gradient <- sapply(derivatives, function(v) (covariance %*% t(x) %*% inverse %*% v %*% inverse %*% x %*% covariance)[k, k])
    2 * covariance[k, k]^2 / as.numeric(t(gradient) %*% (2 * solve(second)) %*% gradient)
  })
  errors <- sqrt(diag(covariance))
  list(between = r * s, within = s, at_zero = r == 0, effects = lapply(seq_len(p), function(k) list(
    estimate = effects[k], error = errors[k], df = df[k], t = effects[k] / errors[k], p = 2 * pt(-abs(effects[k] / errors[k]), df[k]),
    intervals = lapply(c(0.9, 0.95, 0.99), function(level) effects[k] + c(-1, 1) * qt(1 - (1 - level) / 2, df[k]) * errors[k])
  )))
}

cases <- lapply(names(datasets), function(name) {
  data <- datasets[[name]][[1]]
  covariates <- datasets[[name]][[2]]
  x <- cbind(1, as.matrix(data[covariates]))
  formula <- reformulate(c(if (length(covariates)) covariates else "1", "(1 | group)"), "y")
  fit <- suppressMessages(lmer(formula, data, control = lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), calc.derivs = FALSE, check.conv.singular = "ignore", check.scaleX = "ignore"
  )))
  told <- coef(summary(fit))
  variances <- as.data.frame(VarCorr(fit))$vcov
  by_lme <- tryCatch(lme(reformulate(if (length(covariates)) covariates else "1", "y"), data, ~ 1 | group,
                         control = lmeControl(msTol = 1e-12, tolerance = 1e-12, opt = "optim", reltol = 1e-14)), error = function(problem) NULL)
  list(
    name = name, covariates = as.list(covariates), groups = as.list(data$group),
    x = lapply(seq_len(nrow(data)), function(i) as.list(as.character(unlist(data[i, covariates])))), y = as.list(as.character(data$y)),
    solved = solved(data$y, x, data$group),
    lmerTest = list(estimate = as.list(unname(told[, 1])), error = as.list(unname(told[, 2])), df = as.list(unname(told[, "df"])),
                    between = variances[1], within = variances[2]),
    nlme = if (!is.null(by_lme)) list(estimate = as.list(unname(fixef(by_lme))), within = by_lme$sigma^2)
  )
})

versions <- sapply(c("lme4", "lmerTest", "nlme", "jsonlite"), function(name) as.character(packageVersion(name)))
write(toJSON(
  list(written_with = c(list(R = R.version.string), as.list(versions)), levels = c("0.9", "0.95", "0.99"), cases = cases),
  auto_unbox = TRUE, digits = I(17), null = "null", na = "null", pretty = FALSE
), commandArgs(trailingOnly = TRUE)[1])
