-- The three quartiles, interpolated as trailview does, of the array `sorted`. (18.16 does not see a
-- column that only a lambda names, so it comes as an argument.)
arrayMap((q, s) -> if(length(s) > 0, toInt64(floor(0.5 + s[intDiv(q * (length(s) - 1), 4) + 1]
    + q * (length(s) - 1) % 4 / 4 * (s[intDiv(q * (length(s) - 1), 4) + 2]
      - s[intDiv(q * (length(s) - 1), 4) + 1]))), NULL), [1, 2, 3], [sorted, sorted, sorted])
