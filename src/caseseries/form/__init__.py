"""Fields derived from the protocol: starting files and the empty workbook."""

from caseseries.form.new import new
from caseseries.form.template import template

__all__ = ["new", "template"]
