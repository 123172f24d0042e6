"""The public site: a few pages of its own, made from plain values; no record ever comes near its templates."""
