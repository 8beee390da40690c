/* Ends with an exit code that is no success. */
int main(void)
{
    return 7;
}

// EXPECT: ExitProcess exit_code=7 pid=main
// EXPECT-EXIT: 7
