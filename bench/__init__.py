"""The benchmark: what the SDK costs, against urllib3 and json used by hand."""
