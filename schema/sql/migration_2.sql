-- Format version 2: loads that have a time of their own.

-- When the module was mapped, by the kernel's own record, where time_source says so; NULL: not known better than by event.t_ns.
ALTER TABLE event_load_dll ADD COLUMN mapped_t_ns INTEGER;
