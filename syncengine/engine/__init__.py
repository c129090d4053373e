"""Pure: desired and actual values in, plan out. Nothing here reads a file, a clock or a dialer."""
