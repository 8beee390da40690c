/*
 * The library that several samples load: sample_plugin.so or sample_plugin.dll, beside the samples.
 */
#if defined(_WIN32)
__declspec(dllexport)
#endif
    int plugin_answer(void);

int plugin_answer(void)
{
    return 42;
}
