/* The smallest program: starts and ends. Everything in its recording is what every program has. */
int main(void)
{
    return 0;
}

// EXPECT: CreateProcess via=launch path=*no_events* pid=main tid=main
// EXPECT(linux): LoadDll module=libc.so.6 load_phase=startup
// EXPECT(windows): LoadDll module=ntdll.dll load_phase=startup
// EXPECT: ExitProcess exit_code=0 pid=main
// EXPECT-NONE: CreateThread
// EXPECT-NONE(linux): Exception
// EXPECT-NONE(windows): Exception first_chance=0
// EXPECT-NONE: LoadDll load_phase=runtime
// EXPECT-NONE(linux): UnloadDll
// EXPECT-EXIT: 0
