# Writes pooled_r.json: a share pooled over series. Run once, by hand:
#
#   Rscript tests/stats/make_pooled_reference.R tests/stats/pooled_r.json
#
# Written with R 4.2.2, metafor 3.8-1, lme4 1.1-31, jsonlite (Debian 12: r-base-core, r-cran-metafor, r-cran-lme4, r-cran-jsonlite).
# metafor::rma.glmm fits with lme4::glmer: 7 nodes unless it is told otherwise, and an optimiser that stops where the likelihood is flat to six or
# seven digits. So the numbers to reach are solved here: the score of the marginal likelihood by Gauss-Hermite quadrature with 61 nodes about
# the mode of each series (another rule than the one under test), by Newton steps to the last double; the standard error from the second
# derivatives. What metafor says, with 7 nodes and with 25, stands beside them and is compared as closely as it stops. Its likelihood ratio test
# rests on no quadrature and is compared to 1e-9; its Wald test stops with glm at 1e-6, so that the sum of squares is written out.

suppressPackageStartupMessages({
  library(metafor)
  library(lme4)
  library(jsonlite)
})
options(warn = 1)
set.seed(20100801)

nodes_of <- function(m) { # Golub and Welsch
  b <- sqrt(seq_len(m - 1) / 2)
  j <- matrix(0, m, m); j[cbind(1:(m - 1), 2:m)] <- b; j[cbind(2:m, 1:(m - 1))] <- b
  e <- eigen(j, symmetric = TRUE)
  list(x = e$values, logw = log(e$vectors[1, ]^2 * sqrt(pi)))
}
gh <- nodes_of(61)

parts <- function(x, n, mu, tau) { # log likelihood, score and second derivatives of one series
  f <- function(z) dbinom(x, n, plogis(mu + tau * z), log = TRUE) + dnorm(z, log = TRUE)
  z <- 0
  for (i in 1:200) {
    p <- plogis(mu + tau * z)
    d <- (tau * (x - n * p) - z) / (1 + tau^2 * n * p * (1 - p))
    if (abs(d) > 1) d <- sign(d)
    z <- z + d
    if (abs(d) < 1e-15) break
  }
  p <- plogis(mu + tau * z)
  s <- 1 / sqrt(1 + tau^2 * n * p * (1 - p))
  at <- z + sqrt(2) * s * gh$x
  logs <- log(sqrt(2) * s) + gh$logw + gh$x^2 + f(at)
  top <- max(logs); each <- top + log(sum(exp(logs - top))); w <- exp(logs - each)
  p <- plogis(mu + tau * at); u <- x - n * p; i <- n * p * (1 - p)
  m <- function(v) sum(w * v)
  c(each, m(u), m(u * at), m(u^2 - i) - m(u)^2, m((u^2 - i) * at) - m(u) * m(u * at), m((u^2 - i) * at^2) - m(u * at)^2)
}
at <- function(x, n, mu, tau) rowSums(mapply(parts, x, n, MoreArgs = list(mu = mu, tau = tau)))

solved <- function(x, n) {
  p <- sum(x) / sum(n)
  zero <- list(mu = qlogis(p), tau = 0, se = 1 / sqrt(sum(n) * p * (1 - p)), ll = sum(dbinom(x, n, p, log = TRUE)))
  best <- zero
  for (tau in c(0.05, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 5)) { # from several places, uphill
    mu <- zero$mu
    ok <- TRUE
    for (i in 1:400) {
      v <- at(x, n, mu, tau); h <- matrix(c(v[4], v[5], v[5], v[6]), 2)
      d <- if (v[4] < 0 && det(h) > 0) -solve(h, v[2:3]) else c(v[2], v[3]) / (1 + sum(n))
      d <- d * min(1, 0.5 / max(abs(d)))
      mu <- mu + d[1]; tau <- tau + d[2]
      if (tau < 1e-3 || tau > 40) { ok <- FALSE; break }
      if (max(abs(d)) < 1e-14) break
    }
    if (!ok) next
    v <- at(x, n, mu, tau)
    if (v[1] > best$ll + 1e-10) best <- list(mu = mu, tau = tau, se = sqrt(-v[6] / (v[4] * v[6] - v[5]^2)), ll = v[1])
  }
  best
}

sets <- list(
  jdm = list(x = c(6, 12, 3, 15), n = c(8, 18, 9, 20)),
  jdm_six = list(x = c(6, 12, 3, 15, 16, 21), n = c(8, 18, 9, 20, 24, 31)),
  wide = list(x = c(1, 9, 5), n = c(10, 10, 10)),
  two = list(x = c(2, 17), n = c(12, 20)),
  rare = list(x = c(0, 1, 0, 2, 0, 7), n = c(20, 25, 18, 30, 12, 40)),
  often = list(x = c(20, 24, 18, 28, 12, 33), n = c(20, 25, 18, 30, 12, 40)),
  at_zero = list(x = c(4, 5, 6, 5), n = c(10, 10, 10, 10)),
  some_of_one = list(x = c(1, 0, 1, 6, 1, 14), n = c(1, 1, 1, 8, 12, 20)),
  unequal = list(x = c(3, 40, 212, 9), n = c(7, 95, 800, 10)),
  large = list(x = c(510, 1290, 88, 20), n = c(1000, 2000, 300, 29))
)
for (k in c(3, 5, 8, 12, 20)) for (tau in c(0.3, 0.8, 1.6)) {
  n <- sample(4:45, k, TRUE)
  sets[[paste0("drawn_", k, "_", tau)]] <- list(x = rbinom(k, n, plogis(rnorm(k, 0.4, tau))), n = n)
}

told <- function(found) list(log_odds = as.numeric(found$beta), error = found$se, tau2 = found$tau2)
cases <- lapply(names(sets), function(name) {
  x <- sets[[name]]$x; n <- sets[[name]]$n; k <- length(x)
  own <- solved(x, n)
  seven <- suppressWarnings(rma.glmm(measure = "PLO", xi = x, ni = n, method = "ML"))
  more <- suppressWarnings(rma.glmm(measure = "PLO", xi = x, ni = n, method = "ML", nAGQ = 25))
  finite <- all(x > 0 & x < n)
  w <- x * (n - x) / n
  wald <- sum(w * (qlogis(x / n) - sum(w * qlogis(x / n)) / sum(w))^2)
  # lme4's own deviance, with 25 nodes, at two points: how far it lies apart between them.
  id <- factor(seq_len(k))
  deviance_of <- glmer(cbind(x, n - x) ~ 1 + (1 | id), family = binomial, nAGQ = 25, devFunOnly = TRUE)
  points <- list(c(max(own$tau, 0.2), own$mu), c(1, own$mu + 0.3))
  apart <- deviance_of(points[[2]]) - deviance_of(points[[1]])
  share <- function(v) plogis(v)
  list(
    name = name, responders = as.list(x), patients = as.list(n),
    log_odds = own$mu, error = own$se, tau2 = own$tau^2, log_likelihood = own$ll,
    intervals = lapply(c(0.9, 0.95), function(l) share(own$mu + c(-1, 1) * qnorm(1 - (1 - l) / 2) * own$se)),
    prediction = if (k > 2 && own$tau > 0) share(own$mu + c(-1, 1) * qt(0.975, k - 2) * sqrt(own$se^2 + own$tau^2)) else NULL,
    likelihood_ratio = seven$QE.LRT, likelihood_ratio_p = seven$QEp.LRT,
    wald = if (finite) wald else NULL, wald_p = if (finite) pchisq(wald, k - 1, lower.tail = FALSE) else NULL, metafor_wald = if (finite) seven$QE.Wld else NULL,
    points = points, deviance_apart = apart, metafor_7 = told(seven), metafor_25 = told(more)
  )
})
for (case in cases) cat(sprintf("%-14s %10.6f %9.6f | 7 nodes %9.1e %9.1e | 25 nodes %9.1e %9.1e\n", case$name, case$log_odds, case$tau2,
  case$metafor_7$log_odds - case$log_odds, case$metafor_7$tau2 - case$tau2, case$metafor_25$log_odds - case$log_odds, case$metafor_25$tau2 - case$tau2))
write_json(cases, commandArgs(TRUE)[1], auto_unbox = TRUE, digits = NA, null = "null")
