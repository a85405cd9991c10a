// The same measurements as MpiRank.cs, straight from C. Prints a name and seconds per line.
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#define FLOATS (45000000 / 4)
#define PIECE (1 << 20)

static int rank;

static void report(const char* name, double seconds) {
    if (rank == 0) printf("%s %.9f\n", name, seconds);
}

static void allreduce(const char* name, float* data, int piece) {
    double best = 1e9;
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < FLOATS; i++) data[i] = 1;
        MPI_Barrier(MPI_COMM_WORLD);
        double start = MPI_Wtime();
        for (int at = 0; at < FLOATS; at += piece)
            MPI_Allreduce(MPI_IN_PLACE, data + at, FLOATS - at < piece ? FLOATS - at : piece, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        double seconds = MPI_Wtime() - start;
        if (round >= 2 && seconds < best) best = seconds;
    }
    report(name, best);
}

static void ping_pong(const char* name, char* data, int bytes, int rounds) {
    double best = 1e9;
    for (int repeat = 0; repeat < 6; repeat++) {
        MPI_Barrier(MPI_COMM_WORLD);
        double start = MPI_Wtime();
        for (int i = 0; i < rounds; i++) {
            if (rank == 0) {
                MPI_Send(data, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
                MPI_Recv(data, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            } else {
                MPI_Recv(data, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
                MPI_Send(data, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
            }
        }
        double seconds = (MPI_Wtime() - start) / rounds / 2;
        if (repeat > 0 && seconds < best) best = seconds;
    }
    report(name, best);
}

int main(void) {
    int granted;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &granted);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    float* data = malloc(FLOATS * sizeof *data);
    allreduce("allreduce", data, FLOATS);
    allreduce("allreduce-pieces", data, PIECE);
    ping_pong("message-8B", (char*)data, 8, 20000);
    ping_pong("message-1MB", (char*)data, 1 << 20, 200);
    free(data);
    MPI_Finalize();
    return 0;
}
