"""Risk controls (order-safety.md section 6): one small file a rule, and a judge that asks all of them."""
