[
  (profile) (identity) (schema) (event) (catalog) (dataset) (merge) (audience) (message) (offer) (decision)
  (recommendation) (webhook) (journey) (test)
  (if) (match) (split) (wait_for) (repeat) (variant)
] @fold
