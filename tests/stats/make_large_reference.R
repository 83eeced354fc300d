# Reference values at large n from R itself: normal approximation of the signed rank test, and exact limits.
# Rscript make_large_reference.R large_r.json
# The values are made by a rule, so that both sides have the same ones without a file of them.

fine <- function(n) (seq_len(n) * 7919) %% 20011 - 9000
tied <- function(n) (seq_len(n) * 31) %% 67 - 30
zeros <- function(n) (seq_len(n) * 17) %% 9 - 3

options(digits = 17)
number <- function(x) paste0("[", paste(format(x, digits = 17, scientific = TRUE, trim = TRUE), collapse = ", "), "]")

ranks <- c()
for (name in c("fine", "tied", "zeros")) for (n in c(1200, 2500)) {
  x <- get(name)(n)
  w <- wilcox.test(x, exact = FALSE, correct = TRUE, conf.int = name != "zeros", tol.root = 1e-9)
  ranks <- c(ranks, sprintf('  {"rule": "%s", "n": %d, "v": %s, "p": %s, "estimate": %s, "interval": %s}', name, n,
    number(w$statistic), number(w$p.value), if (is.null(w$estimate)) "null" else number(w$estimate),
    if (is.null(w$conf.int)) "null" else number(w$conf.int)))
}
shares <- c()
for (n in c(400000, 5000000)) for (count in c(0, 1, 7, n / 1000, n / 2, n - 3, n)) {
  shares <- c(shares, sprintf('  {"count": %d, "n": %d, "interval": %s}', count, n, number(binom.test(count, n)$conf.int)))
}
rates <- c()
for (events in c(1000, 400000, 5000000)) {
  rates <- c(rates, sprintf('  {"events": %d, "interval": %s}', events, number(poisson.test(events, 12345)$conf.int)))
}
writeLines(c(
  "{", sprintf('"written_with": "%s",', R.version.string), '"ranks": [', paste(ranks, collapse = ",\n"), "],",
  '"shares": [', paste(shares, collapse = ",\n"), "],", '"rates": [', paste(rates, collapse = ",\n"), "]", "}"
), commandArgs(trailingOnly = TRUE)[1])
