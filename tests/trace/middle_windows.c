/* Needed by chain_windows, needs absent_windows. */
__declspec(dllimport) int absent_value(void);
__declspec(dllexport) int middle_value(void);

int middle_value(void)
{
    return absent_value();
}
