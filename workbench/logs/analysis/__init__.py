"""What an engineer computes from a pump's signals: spectra, orders, envelopes, severity, pump curve."""
