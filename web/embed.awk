# Makes the files named on stdin part of the program: with -v table=1 a C table of path, begin and end,
# else the assembly that carries their bytes. web/x/y.html is known as "x/y.html".
BEGIN { if (table) print "/* Made by web/embed.awk. */\n#include \"web_files.h\"\n" }
{
    if ($0 == "web/embed.awk") next
    path[++n] = $0
    if (!table) {
        if (n == 1) print "    .section .rodata"
        printf "    .global web_begin_%d\n    .global web_end_%d\nweb_begin_%d:\n    .incbin \"%s\"\nweb_end_%d:\n    .byte 0\n", n, n, n, $0, n
    } else {
        printf "extern const unsigned char web_begin_%d[], web_end_%d[];\n", n, n
    }
}
END {
    if (table) {
        print "\nconst struct web_file web_files[] = {"
        for (i = 1; i <= n; i++) {
            name = path[i]
            sub(/^web\//, "", name)
            printf "    {\"%s\", web_begin_%d, web_end_%d},\n", name, i, i
        }
        print "    {0, 0, 0},\n};"
    } else {
        print "    .section .note.GNU-stack,\"\",@progbits"
    }
}
