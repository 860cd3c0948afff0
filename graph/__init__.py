"""The flow: a draft is generated, checked, tested, fixed, measured, optimised, delivered."""
