-- The bounds of gaps of run ?1.
SELECT seq, what, coalesce(name, '?'), process, thread, module, cpu_ns, synthetic, load_phase, t_ns
FROM bounds WHERE run = ?1 ORDER BY seq
