/*
 * The library that the load loops load: small, and with nothing to run, so that a cycle is the
 * loader's own work.
 */
#ifdef _WIN32
__declspec(dllexport)
#endif
    int bench_plugin(void);

int bench_plugin(void)
{
    return 42;
}
