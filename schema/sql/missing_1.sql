-- What a file of version 1 has not yet, laid over its tables as TEMP so that it can be viewed without being changed.
CREATE TEMP VIEW event_load_dll AS SELECT *, NULL AS mapped_t_ns FROM main.event_load_dll;
