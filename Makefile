# hallcall: `make run` serves the demo hall, `make test` runs every test; both install what is missing.
#
# Objects live under build/VARIANT/, so that variants stand side by side. VARIANT: release (default), debug,
# asan (address and undefined behaviour), tsan, fuzz. The release program is build/hallcall.

VARIANT ?= release
CC ?= gcc
PREFIX ?= /usr/local
VERSION := 0.1.0
OUT := build/$(VARIANT)
GEN := build/gen

PACKAGES := build-essential pkg-config libmicrohttpd-dev libsqlite3-dev libjansson-dev \
            libserialport-dev libqrencode-dev libgnutls28-dev libcrypt-dev libfreetype-dev \
            fonts-wqy-microhei tzdata espeak-ng
TEST_PACKAGES := libcmocka-dev clang libclang-rt-14-dev clang-format nodejs npm chromium socat sqlite3

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
CFLAGS_release := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
CFLAGS_debug := -O0 -g3
# With sanitizers gcc 12 guesses lengths wrongly and warns of cuts that cannot be.
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
               -Wno-format-truncation
CFLAGS_tsan := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_tsan := -fsanitize=thread
CPPFLAGS := -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DHALLCALL_VERSION='"$(VERSION)"' -Iinclude \
            $(shell pkg-config --cflags freetype2 2>/dev/null)
CFLAGS := -std=c17 $(WARN) $(CFLAGS_$(VARIANT)) $(if $(STRICT),-Werror)
LIBS := -lmicrohttpd -lsqlite3 -ljansson -lserialport -lqrencode -lfreetype -lgnutls -lcrypt -lpthread -lm

# Floors 0 and 1 make libcore.a, which needs none of the libraries; everything but main makes libhallcall.a.
CORE_SRC := $(wildcard src/core/*.c) src/base/err.c src/base/buf.c
REST_SRC := $(filter-out $(CORE_SRC),$(wildcard src/base/*.c src/store/*.c src/wire/*.c src/engine/*.c \
            src/http/*.c src/device/*.c src/sim/*.c)) $(filter-out src/main.c,$(wildcard src/*.c))
CORE_OBJ := $(CORE_SRC:%.c=$(OUT)/%.o)
GEN_OBJ := $(OUT)/gen/store_sql.o $(OUT)/gen/web_files.o $(OUT)/gen/web_bytes.o
REST_OBJ := $(REST_SRC:%.c=$(OUT)/%.o) $(GEN_OBJ)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(OUT)/tests/%)
TEST_LIB_OBJ := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/lib/*.c))
PROGRAM := $(if $(filter release,$(VARIANT)),build/hallcall,$(OUT)/hallcall)
WEB_FILES := $(shell find web src/demo -type f 2>/dev/null | LC_ALL=C sort)

all: $(PROGRAM) $(if $(filter release,$(VARIANT)),voice)

# The default voice pack, said by espeak-ng where it is installed.
voice: build/voice/made
build/voice/made: src/voice/render.sh src/core/core_phrase.h | $(PROGRAM)
	@src/voice/render.sh build/hallcall build/voice

$(PROGRAM): $(OUT)/src/main.o $(OUT)/libhallcall.a $(OUT)/libcore.a
	$(CC) $(LDFLAGS_$(VARIANT)) -o $@ $^ $(LIBS)

$(OUT)/libcore.a: $(CORE_OBJ)
	@rm -f $@
	ar rcs $@ $^
$(OUT)/libhallcall.a: $(REST_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(OUT)/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(OUT)/gen/%.o: $(GEN)/%.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

# sql/*.sql and web/ become part of the program.
$(GEN)/store_sql.c $(GEN)/store_sql.h &: sql/embed.awk sql/queries.sql $(wildcard sql/schema/*.sql)
	@mkdir -p $(GEN)
	awk -f sql/embed.awk -v header=1 $(wildcard sql/schema/*.sql) sql/queries.sql > $(GEN)/store_sql.h
	awk -f sql/embed.awk $(wildcard sql/schema/*.sql) sql/queries.sql > $(GEN)/store_sql.c
$(GEN)/web_files.c $(GEN)/web_bytes.S &: web/embed.awk $(WEB_FILES)
	@mkdir -p $(GEN)
	printf '%s\n' $(WEB_FILES) | awk -f web/embed.awk -v table=1 > $(GEN)/web_files.c
	printf '%s\n' $(WEB_FILES) | awk -f web/embed.awk > $(GEN)/web_bytes.S
$(OUT)/src/store/%.o $(OUT)/gen/store_sql.o: CPPFLAGS += -I$(GEN)
$(REST_SRC:%.c=$(OUT)/%.o): | $(GEN)/store_sql.h
$(OUT)/gen/web_bytes.o: $(WEB_FILES)

# Tests ----------------------------------------------------------------------------------------------------
$(OUT)/tests/%: tests/unit/%.c $(TEST_LIB_OBJ) $(OUT)/libhallcall.a $(OUT)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/lib $(CFLAGS) $(LDFLAGS_$(VARIANT)) -MMD -MP -o $@ $< $(TEST_LIB_OBJ) \
	    $(OUT)/libhallcall.a $(OUT)/libcore.a -lcmocka $(LIBS)
$(OUT)/tests/lib/%.o: CPPFLAGS += -Itests/lib

unit: $(UNIT_BIN)

# The real serial library on pseudo-terminals, with a library to preload that makes it take them.
$(OUT)/tests/ptyshim.so: tests/device/ptyshim.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -shared -o $@ $< -ldl
$(OUT)/tests/%: tests/device/%.c $(TEST_LIB_OBJ) $(OUT)/libhallcall.a $(OUT)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/lib $(CFLAGS) $(LDFLAGS_$(VARIANT)) -MMD -MP -o $@ $< $(TEST_LIB_OBJ) \
	    $(OUT)/libhallcall.a $(OUT)/libcore.a -lcmocka $(LIBS)
$(OUT)/tests/serial_test: CPPFLAGS += -D_XOPEN_SOURCE=700
device-tests: $(OUT)/tests/serial_test $(OUT)/tests/serial_fault_test $(OUT)/tests/serial_print_test $(OUT)/tests/ptyshim.so

# Halls whose truth is known, to judge the forecast by.
SIM_LIB := tests/sim/pace.c
SIM_LIB_OBJ := $(SIM_LIB:%.c=$(OUT)/%.o)
SIM_TESTS := $(patsubst tests/sim/%.c,$(OUT)/tests/%,$(filter-out $(SIM_LIB),$(wildcard tests/sim/*.c)))
$(SIM_LIB_OBJ): CPPFLAGS += -Isrc/sim
$(OUT)/tests/%: tests/sim/%.c $(SIM_LIB_OBJ) $(OUT)/libhallcall.a $(OUT)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Isrc/sim $(CFLAGS) $(LDFLAGS_$(VARIANT)) -MMD -MP -o $@ $< $(SIM_LIB_OBJ) \
	    $(OUT)/libhallcall.a $(OUT)/libcore.a $(LIBS)
sim-tests: $(SIM_TESTS)

# libFuzzer programs, one for each parser: make VARIANT=fuzz CC=clang fuzz-programs
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
$(OUT)/fuzz/%: tests/fuzz/%.c $(OUT)/libhallcall.a $(OUT)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -fsanitize=fuzzer,address,undefined -MMD -MP -o $@ $< \
	    $(OUT)/libhallcall.a $(OUT)/libcore.a $(LIBS)
fuzz-programs: $(FUZZ_SRC:tests/fuzz/%.c=$(OUT)/fuzz/%)

run: deps
	@$(MAKE) --no-print-directory all
	@mkdir -p build/demo
	build/hallcall serve --demo --db build/demo/hall.db --listen 127.0.0.1:8080

deps:
	@tests/install.sh $(PACKAGES)
test-deps:
	@tests/install.sh $(PACKAGES) $(TEST_PACKAGES)

test: test-deps
	@tests/run.sh all
check: test-deps
	@tests/run.sh check
bench: test-deps
	@LIBS="$(LIBS)" tests/bench/run.sh
# The simulator against queueing theory, ten times as long as in the tests; minutes.
oracles: all sim-tests
	ORACLES=long node --test tests/sim/oracle.test.mjs tests/sim/forecast.test.mjs
# Pictures of every page, to be looked at: build/screens; the small ones in the README: tests/screens.
screens: all test-deps
	@cd tests && npm ci --silent
	node tests/browser/screens.mjs
format:
	clang-format -i $(wildcard include/*.h src/*.c src/*/*.[ch] tests/*/*.[ch])
install: all
	install -D -m 755 build/hallcall $(DESTDIR)$(PREFIX)/bin/hallcall
	for file in $$(cd build/voice 2>/dev/null && find . -name '*.wav'); do \
	    install -D -m 644 build/voice/$$file $(DESTDIR)$(PREFIX)/share/hallcall/voice/$$file || exit 1; \
	done
clean:
	rm -rf build

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
.PHONY: all voice unit device-tests sim-tests fuzz-programs run deps test-deps test check bench oracles screens format install clean
.SECONDARY:
# A generated file that its maker gave up on must not count as made.
.DELETE_ON_ERROR:
