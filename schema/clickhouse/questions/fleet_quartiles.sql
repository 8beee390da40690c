-- The three quartiles, interpolated as trailview does, of the array `sorted`, which has n values.
arrayMap(q -> if(n > 0, toInt64(floor(0.5 + sorted[intDiv(q * (n - 1), 4) + 1]
    + (q * (n - 1)) % 4 / 4 * (sorted[intDiv(q * (n - 1), 4) + 2]
      - sorted[intDiv(q * (n - 1), 4) + 1]))), NULL), [1, 2, 3])
