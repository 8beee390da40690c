# The program runs to its end; gdb stops, and goes on, whenever libraries come or go.
set pagination off
set confirm off
set debuginfod enabled off
set auto-solib-add off
set stop-on-solib-events 1
handle all nostop noprint pass
run
while $_isvoid($_exitcode)
  continue
end
quit $_exitcode
