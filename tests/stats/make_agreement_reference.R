# Writes agreement_r.json: kappa, AC1, McNemar, Cochran's Q, the ratio of two rates, one-sided limits. Run once, by hand:
#
#   Rscript tests/stats/make_agreement_reference.R tests/stats/agreement_r.json
#
# Written with R 4.2.2, vcd 1.4-11, jsonlite (Debian 12: r-base-core, r-cran-vcd, r-cran-jsonlite). Debian has no irrCAC, DescTools,
# exact2x2 or rateratio.test: AC1 is the formula of irrCAC::gwet.ac1.table, written out; exact p values of Cochran's Q are counted arrangement by
# arrangement; those of the ratio of rates are twice the smaller binomial tail.

suppressPackageStartupMessages({
  library(vcd)
  library(jsonlite)
})
options(warn = 1)
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(19600401)

levels_used <- c("0.9", "0.95", "0.99")
absent_is_null <- function(x) lapply(as.numeric(x), function(v) if (length(v) && is.finite(v)) v else NULL)

# ---- two answers ------------------------------------------------------------------------------------------------
square <- function(...) matrix(c(...), nrow = sqrt(length(c(...))), byrow = TRUE)
tables <- list(
  one_same = square(1, 0, 0, 0), one_different = square(0, 1, 0, 0), two_same = square(1, 0, 0, 1), two_different = square(0, 1, 1, 0),
  two_one_category = square(2, 0, 0, 0), all_one_category = square(8, 0, 0, 0), all_agree = square(5, 0, 0, 3),
  none_agree = square(0, 5, 3, 0), first_one_category = square(6, 2, 0, 0), by_chance = square(4, 4, 4, 4),
  worse_than_chance = square(2, 6, 5, 3), rare = square(118, 5, 2, 0), usual = square(20, 5, 10, 15), eight = square(4, 1, 1, 2),
  three = square(10, 2, 0, 3, 8, 1, 1, 2, 9), three_unused_inner = square(6, 0, 2, 0, 0, 0, 1, 0, 7),
  three_unused_last = square(6, 2, 0, 1, 7, 0, 0, 0, 0), three_one_used = square(0, 0, 0, 0, 5, 0, 0, 0, 0),
  three_all_agree = square(2, 0, 0, 0, 3, 0, 0, 0, 4), four = square(11, 3, 1, 0, 2, 9, 4, 1, 0, 3, 12, 2, 1, 0, 2, 8),
  five_small = square(2, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 2),
  large = square(4021, 310, 12, 290, 2750, 401, 9, 388, 1819)
)
for (size in c(10, 25, 60)) for (k in 2:4)
  tables[[paste0("drawn_", size, "_", k)]] <- matrix(as.numeric(rmultinom(1, size, rep(1, k * k) + 3 * c(diag(k)))), k)

kappa_of <- function(table, weights) {
  found <- Kappa(table, weights = if (weights == "quadratic") "Fleiss-Cohen" else "Equal-Spacing")
  as.numeric(if (weights == "none") found$Unweighted else found$Weighted)
}
ac1_of <- function(table) {
  n <- sum(table); k <- ncol(table); p <- table / n
  q <- (rowSums(p) + colSums(p)) / 2
  o <- sum(diag(p)); e <- sum(q * (1 - q)) / (k - 1)
  ac1 <- (o - e) / (1 - e)
  sum1 <- 0
  for (i in 1:k) for (j in 1:k) sum1 <- sum1 + p[i, j] * ((i == j) - 2 * (1 - ac1) * (1 - (q[i] + q[j]) / 2) / (k - 1))^2
  c(ac1, sqrt(max(0, sum1 - (o - 2 * (1 - ac1) * e)^2) / (n * (1 - e)^2)))
}
agreement <- lapply(names(tables), function(name) {
  table <- tables[[name]]
  n <- sum(table)
  ac1 <- ac1_of(table)
  list(
    name = name, table = lapply(seq_len(nrow(table)), function(i) as.list(table[i, ])), same = sum(diag(table)),
    kappa = lapply(c("none", "linear", "quadratic"), function(weights) {
      found <- kappa_of(table, weights)
      list(weights = weights, kappa = absent_is_null(found[1])[[1]], intervals = lapply(levels_used, function(level)
        absent_is_null(found[1] + c(-1, 1) * qnorm(1 - (1 - as.numeric(level)) / 2) * found[2])))
    }),
    ac1 = list(ac1 = ac1[1], error = ac1[2], intervals = lapply(levels_used, function(level) absent_is_null(
      if (n > 1) ac1[1] + c(-1, 1) * qt(1 - (1 - as.numeric(level)) / 2, n - 1) * ac1[2] else c(NA, NA)))),
    agree = lapply(levels_used, function(level) as.numeric(binom.test(sum(diag(table)), n, conf.level = as.numeric(level))$conf.int))
  )
})

# ---- McNemar ----------------------------------------------------------------------------------------------------
changed <- rbind(expand.grid(0:9, 0:9)[-1, ], c(0, 30), c(30, 0), c(20, 41), c(300, 260), c(700, 900))
mcnemar <- lapply(seq_len(nrow(changed)), function(i) list(
  first = changed[i, 1], second = changed[i, 2], p = binom.test(changed[i, 1], sum(changed[i, ]))$p.value
))

# ---- Cochran's Q ------------------------------------------------------------------------------------------------
q_of <- function(sums, rows) {
  k <- length(sums)
  (k - 1) * (k * sum(sums^2) - sum(sums)^2) / (k * sum(sums) - sum(rows^2))
}
every_arrangement <- function(x) {
  sums <- matrix(0, 1, ncol(x))
  for (i in seq_len(nrow(x))) {
    places <- combn(ncol(x), sum(x[i, ]), simplify = FALSE)
    if (sum(x[i, ]) %in% c(0, ncol(x))) places <- list(which(x[i, ] == 1))
    sums <- do.call(rbind, lapply(places, function(place) {
      moved <- sums
      moved[, place] <- moved[, place] + 1
      moved
    }))
  }
  seen <- sum(colSums(x)^2)
  mean(rowSums(sums^2) >= seen - 1e-9)
}
binary <- function(n, k, chance = 0.5) matrix(rbinom(n * k, 1, rep(chance + (seq_len(k) - 1) * 0.12, each = n)), n)
rows_of <- list(
  one = rbind(c(1, 0, 0)), one_pair = rbind(c(1, 0)), two = rbind(c(1, 0, 0), c(1, 1, 0)), two_opposite = rbind(c(1, 0), c(0, 1)),
  all_the_same_way = rbind(c(1, 1, 0), c(1, 1, 0), c(1, 1, 0), c(1, 1, 0)),
  some_rows_decide_nothing = rbind(c(1, 1, 1), c(0, 0, 0), c(1, 0, 0), c(1, 0, 1), c(1, 0, 0)),
  equal_columns = rbind(c(1, 0, 0), c(0, 1, 0), c(0, 0, 1)),
  eight_by_three = binary(8, 3, 0.3), twelve_by_three = binary(12, 3, 0.2), ten_by_two = binary(10, 2, 0.3), fifteen_by_two = binary(15, 2, 0.3),
  six_by_four = binary(6, 4, 0.2), eight_by_four = binary(8, 4, 0.3), six_by_five = binary(6, 5, 0.2)
)
cochran_q <- lapply(names(rows_of), function(name) {
  x <- rows_of[[name]]
  asymptotic <- if (nrow(x) > 1) friedman.test(x)
  list(
    name = name, rows = lapply(seq_len(nrow(x)), function(i) as.list(x[i, ])), q = q_of(colSums(x), rowSums(x)),
    friedman_q = if (nrow(x) > 1) as.numeric(asymptotic$statistic), asymptotic = if (nrow(x) > 1) asymptotic$p.value,
    exact = every_arrangement(x)
  )
})

# ---- two rates --------------------------------------------------------------------------------------------------
rate_ratio <- list()
for (x in c(0, 1, 2, 5, 12, 80)) for (y in c(0, 1, 3, 9, 60)) for (times in list(c("10.5", "12"), c("1", "1"), c("0.25", "400"))) {
  if (x + y == 0) next
  st <- as.numeric(times)
  p <- st[1] / sum(st)
  rate_ratio[[length(rate_ratio) + 1]] <- list(
    events = c(x, y), times = times, ratio = absent_is_null((x / st[1]) / (y / st[2]))[[1]],
    intervals = lapply(levels_used, function(level)
      absent_is_null(poisson.test(c(x, y), st, conf.level = as.numeric(level))$conf.int)),
    p = min(1, 2 * min(pbinom(x, x + y, p), pbinom(x - 1, x + y, p, lower.tail = FALSE)))
  )
}

# ---- one-sided upper limits -------------------------------------------------------------------------------------
shares <- list()
for (n in c(1, 2, 3, 8, 30, 100, 5000)) for (x in unique(c(0, 1, n %/% 2, n - 1, n))) for (level in levels_used)
  shares[[length(shares) + 1]] <- list(
    count = x, n = n, level = level, upper = binom.test(x, n, alternative = "less", conf.level = as.numeric(level))$conf.int[2]
  )
rates <- list()
for (x in c(0, 1, 2, 3, 8, 150)) for (time in c("0.5", "8", "41.5", "1000")) for (level in levels_used)
  rates[[length(rates) + 1]] <- list(
    events = x, person_time = time, level = level,
    upper = poisson.test(x, as.numeric(time), alternative = "less", conf.level = as.numeric(level))$conf.int[2]
  )

write(toJSON(
  list(
    written_with = list(R = R.version.string, vcd = as.character(packageVersion("vcd")),
                        jsonlite = as.character(packageVersion("jsonlite"))),
    levels = levels_used, agreement = agreement, mcnemar = mcnemar, cochran_q = cochran_q, rate_ratio = rate_ratio,
    upper_shares = shares, upper_rates = rates
  ),
  auto_unbox = TRUE, digits = I(17), null = "null", na = "null", pretty = FALSE
), commandArgs(trailingOnly = TRUE)[1])
