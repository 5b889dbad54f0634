package dev.turnout.worker.embedded;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A shared library for Linux on x86-64 all of whose functions answer -1, written byte by byte: it stands in for a library
 * that a program is linked against and does without, so that no compiler and no package of a distribution is needed.
 * The names are those of the ELF-64 object file format and of the symbol versions of the GNU tools.
 */
final class StubLibrary {
    /** {@code mov rax, -1; ret}, padded. */
    private static final byte[] ANSWER_MINUS_ONE = {0x48, (byte) 0xc7, (byte) 0xc0, -1, -1, -1, -1, (byte) 0xc3};

    private static final int PAGE = 4096;
    private static final int EHDR = 64;
    private static final int PHDR = 56;
    private static final int SYM = 24;
    private static final int VERDEF = 28; // with its one Verdaux
    private static final int SEGMENTS = 4;

    private final String soname;
    /** The functions, by the version under which a program asks for them. */
    private final Map<String, List<String>> functions = new LinkedHashMap<>();

    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

    StubLibrary(String soname) {
        this.soname = soname;
        strings.write(0);
    }

    StubLibrary with(String version, String... names) {
        functions.put(version, List.of(names));
        return this;
    }

    byte[] bytes() {
        List<byte[]> symbols = new ArrayList<>(List.of(new byte[SYM]));
        List<Integer> versionOfSymbol = new ArrayList<>(List.of(0));
        List<byte[]> versions = new ArrayList<>();
        int sonameAt = string(soname);
        int rounds = functions.size() + 1;
        versions.add(verdef(1, soname, sonameAt, rounds == 1));
        for (Map.Entry<String, List<String>> version : functions.entrySet()) {
            int index = versions.size() + 1;
            versions.add(verdef(index, version.getKey(), string(version.getKey()), index == rounds));
            for (String function : version.getValue()) {
                symbols.add(function(string(function)));
                versionOfSymbol.add(index);
            }
        }
        return file(symbols, versionOfSymbol, versions, sonameAt);
    }

    /** Everything that is read or run in the first page, what the loader writes to in the second. */
    private byte[] file(List<byte[]> symbols, List<Integer> versionOfSymbol, List<byte[]> versions, int sonameAt) {
        ByteBuffer file = littleEndian(new byte[2 * PAGE]);
        file.position(EHDR + SEGMENTS * PHDR);
        int code = section(file, List.of(ANSWER_MINUS_ONE));
        int symtab = file.position();
        for (byte[] symbol : symbols.subList(1, symbols.size())) {
            littleEndian(symbol).putLong(8, code);
        }
        section(file, symbols);
        int hash = section(file, List.of(oneBucket(symbols.size())));
        int versym =
                section(file, versionOfSymbol.stream().map(StubLibrary::half).toList());
        int verdef = section(file, versions);
        int strtab = section(file, List.of(strings.toByteArray()));
        int end = file.position();
        if (end > PAGE) {
            throw new IllegalArgumentException("too many functions for one page: " + soname);
        }
        file.position(PAGE);
        long[][] dynamic = {
            {14, sonameAt}, // DT_SONAME
            {4, hash}, // DT_HASH
            {5, strtab}, // DT_STRTAB
            {10, strings.size()}, // DT_STRSZ
            {6, symtab}, // DT_SYMTAB
            {11, SYM}, // DT_SYMENT
            {0x6ffffff0L, versym}, // DT_VERSYM
            {0x6ffffffcL, verdef}, // DT_VERDEF
            {0x6ffffffdL, versions.size()}, // DT_VERDEFNUM
            {0, 0}
        };
        for (long[] entry : dynamic) {
            file.putLong(entry[0]).putLong(entry[1]);
        }
        int dynamicSize = file.position() - PAGE;
        file.position(0);
        header(file);
        segment(file, 1, 5, 0, end, PAGE); // PT_LOAD, read and run
        segment(file, 1, 6, PAGE, dynamicSize, PAGE); // PT_LOAD, read and write
        segment(file, 2, 6, PAGE, dynamicSize, 8); // PT_DYNAMIC
        segment(file, 0x6474e551, 6, 0, 0, 16); // PT_GNU_STACK: the stack need not be run
        byte[] bytes = new byte[PAGE + dynamicSize];
        file.get(0, bytes);
        return bytes;
    }

    private static void header(ByteBuffer file) {
        // 64 bits, little-endian, version 1; a shared object for x86-64; program headers only.
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        file.putShort((short) 3)
                .putShort((short) 62)
                .putInt(1)
                .putLong(0)
                .putLong(EHDR)
                .putLong(0)
                .putInt(0);
        file.putShort((short) EHDR).putShort((short) PHDR).putShort((short) SEGMENTS);
        file.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    }

    private static void segment(ByteBuffer file, int type, int flags, long at, long size, long alignment) {
        file.putInt(type).putInt(flags).putLong(at).putLong(at).putLong(at);
        file.putLong(size).putLong(size).putLong(alignment);
    }

    /** A global function in some section; its place is filled in when it is known. */
    private static byte[] function(int name) {
        byte[] symbol = new byte[SYM];
        littleEndian(symbol).putInt(name).put((byte) 0x12).put((byte) 0).putShort((short) 1);
        littleEndian(symbol).putLong(16, ANSWER_MINUS_ONE.length);
        return symbol;
    }

    /** The first one names the library itself. */
    private static byte[] verdef(int index, String name, int nameAt, boolean last) {
        byte[] version = new byte[VERDEF];
        littleEndian(version)
                .putShort((short) 1)
                .putShort((short) (index == 1 ? 1 : 0))
                .putShort((short) index)
                .putShort((short) 1)
                .putInt(hash(name))
                .putInt(20)
                .putInt(last ? 0 : VERDEF)
                .putInt(nameAt)
                .putInt(0);
        return version;
    }

    /** A hash table with all symbols in one chain: 1 → 2 → … → 0. */
    private static byte[] oneBucket(int symbols) {
        byte[] table = new byte[4 * (4 + symbols - 1)];
        ByteBuffer entries = littleEndian(table);
        entries.putInt(1).putInt(symbols).putInt(1).putInt(0);
        for (int i = 1; i < symbols; i++) {
            entries.putInt((i + 1) % symbols);
        }
        return table;
    }

    private static int hash(String name) {
        int hash = 0;
        for (byte letter : name.getBytes(StandardCharsets.US_ASCII)) {
            hash = (hash << 4) + letter;
            int high = hash & 0xf0000000;
            hash = (hash ^ high >>> 24) & ~high;
        }
        return hash;
    }

    private int string(String text) {
        int at = strings.size();
        strings.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        strings.write(0);
        return at;
    }

    private static int section(ByteBuffer file, List<byte[]> parts) {
        int start = (file.position() + 7) / 8 * 8;
        file.position(start);
        parts.forEach(file::put);
        return start;
    }

    private static byte[] half(int value) {
        return new byte[] {(byte) value, (byte) (value >>> 8)};
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
