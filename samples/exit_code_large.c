/* An exit code above 255: Windows keeps all 32 bits, elsewhere the low 8 remain. */
int main(void)
{
    return 300;
}

// EXPECT(linux): ExitProcess exit_code=44
// EXPECT(windows): ExitProcess exit_code=300
// EXPECT-EXIT(linux): 44
// EXPECT-EXIT(windows): 300
