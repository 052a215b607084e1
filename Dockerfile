# A node of replog, or any of its commands. `docker build -t replog .` needs nothing but this directory.
ARG JAVA=25

FROM maven:3-eclipse-temurin-${JAVA} AS build
WORKDIR /build
# The libraries first: this step is repeated only when pom.xml changes.
COPY pom.xml ./
RUN mvn -B -ntp -Pimage -Dmaven.test.skip=true prepare-package
COPY src ./src
RUN mvn -B -ntp -Pimage -Dmaven.test.skip=true package

FROM eclipse-temurin:${JAVA}-jre
# Numbers, not names: with runAsNonRoot a kubelet must see that the user is not root.
RUN mkdir /data && chown 10001:10001 /data
WORKDIR /opt/replog
# Libraries change rarely, the program often: two layers.
COPY --from=build /build/target/image/lib ./lib
COPY --from=build /build/target/image/replog.jar ./
COPY --chmod=755 src/image/replog /usr/local/bin/replog
COPY src/image/jvm.options ./
# A node's classes, loaded and linked, are kept in a file that every start maps: three nodes that start
# at once on two cores listen after 5 s, not 8. It fits the JVM, the jars and the options that it was
# made with, so it is made here, in the image that runs.
COPY src/image/train /tmp/train
RUN bash /tmp/train && rm /tmp/train

ENV REPLOG_HOST=0.0.0.0 \
    REPLOG_DATA=/data \
    LANG=C.UTF-8
USER 10001:10001
WORKDIR /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/replog"]
CMD ["cluster"]

ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="replog" \
      org.opencontainers.image.description="An ordered, replicated, durable log behind a plain HTTP API" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
