# Built from source; runs as an ordinary user, writes to /var/lib/turnout and /tmp only.
FROM maven:3.9.11-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -B -q -DskipTests -Dspotless.check.skip=true -pl server -am package

FROM eclipse-temurin:17.0.17_10-jre
# A volume that is mounted first on these directories belongs to the user, too.
RUN useradd --system --uid 10321 --home-dir /var/lib/turnout --create-home turnout \
 && install -d -o turnout /secrets \
 && printf '%s\n' '#!/bin/sh' \
      'exec java -XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError -Dfile.encoding=UTF-8 -Duser.timezone=UTC ${TURNOUT_JAVA_OPTS:-} -jar /opt/turnout/turnout.jar "$@"' \
      > /usr/local/bin/turnout \
 && chmod 755 /usr/local/bin/turnout
COPY --from=build /src/server/target/lib /opt/turnout/lib
COPY --from=build /src/server/target/turnout.jar /opt/turnout/turnout.jar
USER turnout
ENV TURNOUT_DATA=/var/lib/turnout TURNOUT_HOST=0.0.0.0
EXPOSE 8321
# Bash speaks enough HTTP for this: nothing has to be installed.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8321 && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3"]
ENTRYPOINT ["turnout"]
CMD ["serve"]
