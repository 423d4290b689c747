# embed.awk: SQL files become C. Called with the schema steps in order of their numbers and then queries.sql;
# with -v header=1 it writes the header, otherwise the source.
#
# A file called NNNN_what.sql is a schema step: a list of statements, each ending with a semicolon at the end of
# a line. In any other file `-- name: x` starts a statement STORE_SQL_X and `-- script: x` a text store_script_x.
# Comment lines between statements are dropped; those inside stay. Backslash and double quote are refused, so
# that a line of SQL is a line of C between quotes.

function fail(what) {
    printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
    failed = 1
    exit 1
}

# Adds the line to the text that is being read. A C compiler need not take a literal over 4095 bytes.
function add(line) {
    text = text "\n    \"" line "\\n\""
    text_length += length(line) + 1
    if (text_length > 4095) {
        fail("statement too long")
    }
}

function end_text() {
    if (text == "") {
        return
    }
    if (in_step) {
        statements[steps] = statements[steps] "   " text ",\n"
    } else if (is_script) {
        script_texts[scripts] = text
    } else {
        names_texts[names] = text
    }
    text = ""
    text_length = 0
}

function check_name(name) {
    if (name !~ /^[a-z][a-z0-9_]*$/ || ((is_script ? "script " : "name ") name) in seen) {
        fail("bad or repeated name " name)
    }
    seen[(is_script ? "script " : "name ") name] = 1
    kind_known = 1
}

FNR == 1 {
    if (text != "" && in_step) {
        fail("the step before this file lacks a semicolon")
    }
    end_text()
    base = FILENAME
    sub(/.*\//, "", base)
    in_step = base ~ /^[0-9][0-9][0-9][0-9]_.*\.sql$/
    kind_known = in_step
    if (in_step) {
        steps++
        numbers[steps] = substr(base, 1, 4) + 0
        if (numbers[steps] != steps) {
            fail("steps must be numbered 1, 2, 3, ...")
        }
    }
}

/["\\]/ {
    fail("no backslash and no double quote in SQL")
}

!in_step && /^-- (name|script): / {
    end_text()
    is_script = $2 == "script:"
    check_name($3)
    if (is_script) {
        script_names[++scripts] = $3
    } else {
        statement_names[++names] = $3
    }
    next
}

# Between statements.
text == "" && (/^ *$/ || /^--/) {
    next
}
/^ *$/ {
    next
}
!in_step && /^--/ {
    end_text()
    kind_known = 0
    next
}

{
    if (!kind_known) {
        fail("statement without a name")
    }
    add($0)
    if (in_step && /; *$/) {
        end_text()
    }
}

function write_header(   i) {
    print "/* Written by sql/embed.awk from sql/: do not edit. */"
    print "#ifndef STORE_SQL_H\n#define STORE_SQL_H\n"
    print "enum store_statement {"
    for (i = 1; i <= names; i++) {
        print "    STORE_SQL_" toupper(statement_names[i]) ","
    }
    print "    STORE_SQL_COUNT\n};\n"
    print "/* Texts of the statements, by enum store_statement. */"
    print "extern const char *const store_statement_texts[STORE_SQL_COUNT];\n"
    print "/* A schema step: its number, and its statements with NULL behind the last. */"
    print "struct store_step {\n    int number;\n    const char *const *statements;\n};\n"
    print "#define STORE_STEP_COUNT " steps
    print "extern const struct store_step store_steps[STORE_STEP_COUNT];\n"
    for (i = 1; i <= scripts; i++) {
        print "extern const char *const store_script_" script_names[i] ";"
    }
    print "\n#endif"
}

function write_source(   i) {
    print "/* Written by sql/embed.awk from sql/: do not edit. */"
    print "#include \"store_sql.h\"\n\n#include <stddef.h>\n"
    print "const char *const store_statement_texts[STORE_SQL_COUNT] = {"
    for (i = 1; i <= names; i++) {
        print "    [STORE_SQL_" toupper(statement_names[i]) "] =" names_texts[i] ","
    }
    print "};\n"
    for (i = 1; i <= steps; i++) {
        print "static const char *const step_" i "[] = {"
        printf "%s", statements[i]
        print "    NULL,\n};"
    }
    print "const struct store_step store_steps[STORE_STEP_COUNT] = {"
    for (i = 1; i <= steps; i++) {
        print "    {" numbers[i] ", step_" i "},"
    }
    print "};\n"
    for (i = 1; i <= scripts; i++) {
        print "const char *const store_script_" script_names[i] " =" script_texts[i] ";"
    }
}

END {
    if (failed) {
        exit 1
    }
    if (in_step && text != "") {
        fail("the last statement lacks a semicolon")
    }
    end_text()
    for (i = 1; i <= names; i++) {
        if (names_texts[i] == "") {
            fail("no text under name " statement_names[i])
        }
    }
    for (i = 1; i <= scripts; i++) {
        if (script_texts[i] == "") {
            fail("no text under script " script_names[i])
        }
    }
    if (header) {
        write_header()
    } else {
        write_source()
    }
}
