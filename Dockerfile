# syntax=docker/dockerfile:1
# The image that nodes of a cluster run: `stickers` on the path, MPI and ZeroMQ beside it, no compiler, no ssh server, not root.
#   docker build --tag stickers .
# A job of your own: FROM stickers, COPY its publish folder to /jobs, and name /jobs/Yours.dll on the command line.
ARG DEBIAN=debian:bookworm-slim
ARG DOTNET=mcr.microsoft.com/dotnet

FROM ${DOTNET}/sdk:10.0 AS sdk
FROM ${DOTNET}/aspnet:10.0 AS runtime

# Faiss is compiled against Debian's packages, and so are all tests: .NET is brought to Debian, not the other way round.
FROM ${DEBIAN} AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates g++ libfaiss-dev libicu72 libopenblas-dev libopenmpi-dev openmpi-bin \
 && rm -rf /var/lib/apt/lists/*
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV PATH=$PATH:/usr/share/dotnet DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The fast builds of Faiss as well, from the source of Debian's package: the program takes the one that its processor runs.
COPY Faiss.NET/native/build-fast.sh Faiss.NET/native/fast-home.sh /faiss/
ENV FAISS_NET_HOME=/faiss/archives
RUN apt-get update \
 && apt-get install --yes --no-install-recommends cmake dpkg-dev make \
 && /faiss/build-fast.sh \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish Cli/Stickers.Cli.csproj --configuration Release --output /app -p:PublishReadyToRun=true -p:CreateSymbolicLinksForCopyLocalIfPossible=false

FROM ${DEBIAN}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates libgomp1 libicu72 libopenblas0 libzmq5 openmpi-bin \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --home-dir /var/stickers --create-home --uid 10001 stickers
COPY --from=runtime /usr/share/dotnet /usr/share/dotnet
COPY --from=build /app /opt/stickers
COPY scripts/stickers-in-image /usr/local/bin/stickers
COPY scripts/environment.sh /opt/stickers/environment.sh
ENV PATH=$PATH:/usr/share/dotnet TERM=dumb
USER 10001
WORKDIR /var/stickers
ENTRYPOINT ["stickers"]
