package dev.turnout.server.control;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Units;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** A set of buckets as deflated bits in Base64: a handful of units take some dozen bytes, not 12.5 kB. */
final class UnitsJson {
    /** The bits of all buckets. */
    private static final int MOST_BYTES = Weight.WHOLE / Byte.SIZE;

    private UnitsJson() {}

    static final class Writer extends StdSerializer<Units> {
        Writer() {
            super(Units.class);
        }

        @Override
        public void serialize(Units units, JsonGenerator json, SerializerProvider provider) throws IOException {
            Deflater deflater = new Deflater(Deflater.BEST_SPEED);
            try {
                deflater.setInput(units.bytes());
                deflater.finish();
                ByteArrayOutputStream packed = new ByteArrayOutputStream();
                byte[] piece = new byte[1024];
                while (!deflater.finished()) {
                    packed.write(piece, 0, deflater.deflate(piece));
                }
                json.writeBinary(packed.toByteArray());
            } finally {
                deflater.end();
            }
        }
    }

    static final class Reader extends StdDeserializer<Units> {
        Reader() {
            super(Units.class);
        }

        @Override
        public Units deserialize(JsonParser json, DeserializationContext context) throws IOException {
            Inflater inflater = new Inflater();
            try {
                inflater.setInput(json.getBinaryValue());
                byte[] bits = new byte[MOST_BYTES];
                int length = inflater.inflate(bits);
                if (!inflater.finished() && inflater.inflate(new byte[1]) > 0) {
                    throw new IOException("more buckets than there can be");
                }
                return Units.of(Arrays.copyOf(bits, length));
            } catch (DataFormatException e) {
                throw new IOException("not a set of buckets", e);
            } finally {
                inflater.end();
            }
        }
    }
}
