"""The modules on which it hangs that nobody listed is rung and nobody twice: how well their own tests know them."""
