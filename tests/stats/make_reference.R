# Writes reference_r.json, the numbers the tests of caseseries.stats must reach to 1e-9. Run once, by hand:
#
#   Rscript tests/stats/make_reference.R tests/stats/reference_r.json
#
# Written with R 4.2.2, exactRankTests 0.8-35, coin 1.4-2, jsonlite (Debian 12: r-base-core, r-cran-exactranktests,
# r-cran-coin, r-cran-jsonlite). The tests read the file and never need R.
#
# Data are written as text, so that both sides read the same decimals. Where R's usual function approximates or is
# known to be off (tied or zero differences, mid-P), an exact function is used and named beside the section.

suppressPackageStartupMessages({
  library(exactRankTests)
  library(coin)
  library(jsonlite)
})
options(warn = 1)
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20120304)

levels_used <- c("0.9", "0.95", "0.99")

# ---- proportion: binom.test, prop.test; mid-P solved here to the last double -------------------------------------
mid_p_lower <- function(x, n, alpha) {
  if (x == 0) return(0)
  tail <- function(p) pbinom(x, n, p, lower.tail = FALSE) + dbinom(x, n, p) / 2
  low <- 0
  high <- 1
  repeat {
    middle <- (low + high) / 2
    if (middle == low || middle == high) return(middle)
    if (tail(middle) < alpha / 2) low <- middle else high <- middle
  }
}
mid_p <- function(x, n, alpha) c(mid_p_lower(x, n, alpha), 1 - mid_p_lower(n - x, n, alpha))

pairs <- do.call(rbind, c(
  lapply(1:12, function(n) cbind(0:n, n)),
  list(cbind(c(0, 1, 5, 10, 14, 19, 20), 20), cbind(c(0, 1, 12, 20, 39, 40), 40),
       cbind(c(0, 1, 3, 50, 97, 99, 100), 100), cbind(c(0, 1, 2, 500, 999, 1000), 1000))
))
proportions <- list()
for (i in seq_len(nrow(pairs))) for (level in levels_used) {
  x <- pairs[i, 1]
  n <- pairs[i, 2]
  conf <- as.numeric(level)
  proportions[[length(proportions) + 1]] <- list(
    count = x, n = n, level = level,
    clopper_pearson = as.numeric(binom.test(x, n, conf.level = conf)$conf.int),
    wilson = as.numeric(suppressWarnings(prop.test(x, n, conf.level = conf, correct = FALSE))$conf.int),
    mid_p = mid_p(x, n, 1 - conf)
  )
}

# ---- rate: poisson.test -----------------------------------------------------------------------------------------
rates <- list()
for (time in c("0.5", "8", "41.5", "1000")) for (x in c(0, 1, 2, 3, 8, 20, 40, 150)) for (level in levels_used) {
  conf <- as.numeric(level)
  rates[[length(rates) + 1]] <- list(
    events = x, person_time = time, level = level,
    interval = as.numeric(poisson.test(x, as.numeric(time), conf.level = conf)$conf.int)
  )
}

# ---- paired differences -----------------------------------------------------------------------------------------
drawn <- function(n, digits, shift = 0) sprintf(paste0("%.", digits, "f"), round(rnorm(n, shift, 3), digits))
whole <- function(n, from, to) as.character(sample(from:to, n, replace = TRUE))
samples <- list(
  one = "5", one_negative = "-0.7", one_zero = "0",
  two = c("1.5", "-0.5"), two_same = c("2", "2"), two_opposite = c("2", "-2"), two_with_zero = c("0", "3"),
  three = c("1", "2", "3"), three_zero = c("0", "0", "0"), five = c("1", "2", "4", "8", "16"),
  eight_zero = rep("0", 8), eight_same = rep("2", 8), eight_same_size = c("3", "3", "-3", "3", "3", "-3", "3", "3"),
  eight_one_nonzero = c(rep("0", 7), "-4"),
  zeros_then_rise = c("0", "0", "0", "1", "2", "3", "4", "5"),
  eight_distinct = c("-3.1", "-2.2", "-8.4", "0.6", "-5.5", "-1.7", "-12.9", "1.3"),
  eight_ties = c("-1", "-1", "-2", "0", "1", "-2", "-3", "-4"),
  decimal_ties = c("1.1", "-1.1", "2.3", "1.1", "0.0", "0.3", "-0.3", "2.3", "4.6"),
  fall_of_all = as.character(-(1:20)),
  twelve_whole = whole(12, -4, 9), twelve_tenths = drawn(12, 1, 1),
  twenty_whole = whole(20, -5, 9), twenty_tenths = drawn(20, 1, -1), twenty_distinct = drawn(20, 4, 1),
  forty_whole = whole(40, -8, 12), forty_tenths = drawn(40, 1, 1), forty_distinct = drawn(40, 3, -1),
  forty_mostly_zero = c(rep("0", 30), whole(10, -3, 5)),
  sixty_whole = whole(60, -10, 14)
)

# R's quantities, or null where R gives none.
or_null <- function(expression) tryCatch({
  value <- suppressWarnings(expression)
  if (length(value) == 0 || any(is.na(value))) NULL else as.numeric(value)
}, error = function(e) NULL)

# Whole numbers in the ratio of the differences, because perm.test rounds anything else to a coarse grid.
as_whole <- function(x) {
  digits <- 0
  while (any(abs(x * 10^digits - round(x * 10^digits)) > 1e-6)) digits <- digits + 1
  as.integer(round(x * 10^digits))
}

differences <- lapply(names(samples), function(name) {
  text <- samples[[name]]
  x <- as.numeric(text)
  n <- length(x)
  ranked <- as_whole(x) # binary noise in 1.1 - style numbers would break ties
  nonzero <- ranked[ranked != 0]
  zeros <- rep(0, n)
  walsh <- outer(ranked, ranked, "+")
  walsh <- sort(walsh[!lower.tri(walsh)]) / 2 * (if (any(x != 0)) x[x != 0][1] / ranked[x != 0][1] else 1)
  hodges_lehmann <- lapply(levels_used, function(level) {
    alpha <- 1 - as.numeric(level)
    k <- max(1, qsignrank(alpha / 2, n))
    list(level = level, k = k, estimate = median(walsh), lower = walsh[k], upper = walsh[length(walsh) + 1 - k],
         achieved_level = 1 - 2 * psignrank(k - 1, n))
  })
  untied <- n > 0 && all(x != 0) && !any(duplicated(abs(ranked))) && n < 50
  wilcox <- if (untied) suppressWarnings(wilcox.test(x, exact = TRUE, conf.int = TRUE)) else NULL
  list(
    name = name, values = as.list(text), n = n,
    mean = mean(x), sd = or_null(sd(x)), median = median(x), minimum = min(x), maximum = max(x),
    quartiles = lapply(c(2, 6, 7), function(type) list(
      type = type, lower = quantile(x, 0.25, type = type, names = FALSE),
      upper = quantile(x, 0.75, type = type, names = FALSE)
    )),
    # exactRankTests::wilcox.exact and coin::wilcoxsign_test drop zeros; coin also does Pratt's way.
    signed_rank_v = if (length(nonzero)) sum(rank(abs(nonzero))[nonzero > 0]),
    signed_rank_exact_rank_tests = if (length(nonzero)) or_null(wilcox.exact(nonzero, exact = TRUE)$p.value),
    signed_rank_coin = if (n > 1) or_null(pvalue(wilcoxsign_test(ranked ~ zeros, zero.method = "Wilcoxon",
                                                                distribution = "exact"))),
    pratt_v = if (length(nonzero)) sum(rank(abs(ranked))[ranked > 0]),
    pratt_coin = if (n > 1) or_null(pvalue(wilcoxsign_test(ranked ~ zeros, zero.method = "Pratt",
                                                          distribution = "exact"))),
    # Whole numbers above a few thousand make perm.test very slow.
    sign_flip = if (length(nonzero) && max(abs(ranked)) < 10000)
      or_null(perm.test(ranked, as.integer(zeros), paired = TRUE, exact = TRUE)$p.value),
    sign_test = if (length(nonzero)) binom.test(sum(nonzero > 0), length(nonzero))$p.value,
    hodges_lehmann = hodges_lehmann,
    wilcox_test = if (untied) list(p = wilcox$p.value, v = as.numeric(wilcox$statistic),
                                   estimate = as.numeric(wilcox$estimate), interval = as.numeric(wilcox$conf.int))
  )
})

arguments <- commandArgs(trailingOnly = TRUE)
written_with <- list(
  R = R.version.string, exactRankTests = as.character(packageVersion("exactRankTests")),
  coin = as.character(packageVersion("coin")), jsonlite = as.character(packageVersion("jsonlite"))
)
write(toJSON(
  list(written_with = written_with, proportions = proportions, rates = rates, differences = differences),
  auto_unbox = TRUE, digits = I(17), null = "null", na = "null", pretty = FALSE
), arguments[1])
