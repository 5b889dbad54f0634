# Built from source; runs as an ordinary user.
FROM maven:3.9.11-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -B -q -DskipTests -Dspotless.check.skip=true -pl server -am package

FROM eclipse-temurin:17.0.17_10-jre
RUN apt-get update \
 && apt-get install -y --no-install-recommends curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10321 --home-dir /var/lib/turnout --create-home turnout
COPY --from=build /src/server/target/turnout.jar /opt/turnout/turnout.jar
COPY --from=build /src/server/target/lib /opt/turnout/lib
USER turnout
ENV TURNOUT_DATA=/var/lib/turnout TURNOUT_HOST=0.0.0.0
EXPOSE 8321
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD curl -fsS http://127.0.0.1:8321/livez || exit 1
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-Duser.timezone=UTC", "-jar", "/opt/turnout/turnout.jar"]
CMD ["serve"]
