# Writes design_r.json: sizes and boundaries of the next study, precision, beta-binomial. Run once, by hand:
#
#   Rscript tests/stats/make_design_reference.R tests/stats/design_r.json
#
# Written with R 4.2.2, clinfun 1.1.6, jsonlite. Sizes of one stage are searched here with pbinom, n by n, and are the first of
# clinfun::ph2single where that has a solution; two stages are clinfun::ph2simon, their error rates clinfun::oc.twostage.bdry, which sums dbinom
# and pbinom. Precision is binom.test, n by n. The predictive probability is summed with choose and beta.

suppressPackageStartupMessages({
  library(clinfun)
  library(jsonlite)
})
options(warn = 2)

ask <- function(null, alternative) lapply(list(c("0.05", "0.8"), c("0.1", "0.9"), c("0.05", "0.9"), c("0.025", "0.8")), function(rates)
  list(null = null, alternative = alternative, alpha = rates[1], power = rates[2]))
pairs <- list()
for (i in 1:17) for (d in c(15, 20, 30, 45)) if (5 * i + d < 100) pairs <- c(pairs, ask(sprintf("%.2f", i / 20), sprintf("%.2f", (5 * i + d) / 100)))
pairs <- c(pairs, ask("0.30", "0.75"), ask("0.1", "0.2"), ask("0.01", "0.05"), ask("0.9", "0.99"), ask("0.333", "0.617"), ask("0.3", "0.99"))

one <- function(q) {
  p0 <- as.numeric(q$null); p1 <- as.numeric(q$alternative); a <- as.numeric(q$alpha); w <- as.numeric(q$power)
  for (n in 1:5000) {
    r <- which(pbinom(0:n - 1, n, p0, lower.tail = FALSE) <= a)[1] - 1
    if (!is.na(r) && pbinom(r - 1, n, p1, lower.tail = FALSE) >= w) break
  }
  list(n = n, r = r, alpha = pbinom(r - 1, n, p0, lower.tail = FALSE), power = pbinom(r - 1, n, p1, lower.tail = FALSE))
}
two <- function(q) {
  p0 <- as.numeric(q$null); p1 <- as.numeric(q$alternative); a <- as.numeric(q$alpha); w <- as.numeric(q$power)
  found <- ph2simon(p0, p1, a, 1 - w, nmax = 220)$out
  if (is.null(dim(found))) found <- matrix(found, 1)
  describe <- function(row) {
    oc <- function(p) as.list(oc.twostage.bdry(p0, p, row[1], row[2], row[3], row[4]))
    rates <- oc.twostage.bdry(p0, p1, row[1], row[2], row[3], row[4])
    early1 <- pbinom(row[1], row[2], p1)
    list(r1 = row[1], n1 = row[2], r = row[3], n = row[4], expected = row[5], early = row[6], alpha = rates[[1]], power = rates[[2]],
         early_alternative = early1, expected_alternative = row[2] + (1 - early1) * (row[4] - row[2]))
  }
  list(minimax = describe(found[1, ]), optimal = describe(found[which.min(found[, 5]), ]))
}
designs <- lapply(pairs, function(q) c(q, list(one = one(q)), if (one(q)$n <= 180) list(two = two(q))))

width <- function(n, share, level) {
  count <- floor(n * share + 0.5 + 1e-9)
  ends <- as.numeric(binom.test(count, n, conf.level = level)$conf.int)
  c(count, ends)
}
precision <- list()
for (share in c(0, 0.05, 0.3, 0.5, 0.75, 1)) for (half in c(0.075, 0.1, 0.15, 0.25)) for (level in c("0.9", "0.95")) {
  most <- 600
  rows <- sapply(1:most, function(n) width(n, share, as.numeric(level)))
  wide <- which((rows[3, ] - rows[2, ]) / 2 > half + 1e-10)
  n <- if (length(wide)) max(wide) + 1 else 1
  precision <- c(precision, list(list(expected = as.character(share), half_width = as.character(half), level = level, n = n, count = rows[1, n],
                                      lower = rows[2, n], upper = rows[3, n])))
}

beta_cases <- list()
for (seen in list(c(6, 8), c(0, 8), c(8, 8), c(1, 1), c(0, 1), c(11, 20), c(0, 0), c(73, 120)))
  for (prior in list(c("1", "1"), c("0.5", "0.5"), c("2", "8"))) {
    a <- as.numeric(prior[1]) + seen[1]; b <- as.numeric(prior[2]) + seen[2] - seen[1]
    weight <- function(y, n) exp(lbeta(a + y, b + n - y) - lbeta(a, b))
    one_stage <- sapply(list(c(9, 6), c(39, 17)), function(d) sum(sapply(d[2]:d[1], function(y) choose(d[1], y) * weight(y, d[1]))))
    two_stages <- sapply(list(c(1, 3, 5, 10), c(5, 15, 18, 46)), function(d) {
      total <- 0
      for (x in (d[1] + 1):d[2]) for (z in 0:(d[4] - d[2])) if (x + z > d[3])
        total <- total + choose(d[2], x) * choose(d[4] - d[2], z) * weight(x + z, d[4])
      total
    })
    beta_cases <- c(beta_cases, list(list(
      count = seen[1], n = seen[2], prior = as.list(prior), mean = a / (a + b),
      intervals = lapply(c(0.9, 0.95), function(level) qbeta(c((1 - level) / 2, 1 - (1 - level) / 2), a, b)),
      above = pbeta(c(0.1, 0.3, 0.75), a, b, lower.tail = FALSE), one_stage = one_stage, two_stages = two_stages)))
  }

write_json(list(designs = designs, precision = precision, beta = beta_cases), commandArgs(TRUE)[1], auto_unbox = TRUE, digits = NA)
