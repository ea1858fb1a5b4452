package dev.nnd.compiler.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Shows a run's report to browsers while it goes on: three files of the run directory and nothing else. */
final class LiveReport implements AutoCloseable {
    private static final String PAGE = "report.html";
    private static final List<String> FILES = List.of(PAGE, "curves.png", "metrics.csv");
    private static final int FOUND = 200;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final String WAITING =
            "<!DOCTYPE html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"2\">"
                    + "<title>training</title><p>The first evaluation is not done yet.</p>";

    private final Path directory;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
        var thread = new Thread(task, "nnd live report");
        thread.setDaemon(true);
        return thread;
    });

    private LiveReport(Path directory, HttpServer server) {
        this.directory = directory;
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /**
     * Begins to serve.
     *
     * @param address a port on this machine's own address, 0 for any that is free, or {@code HOST:PORT}
     */
    static LiveReport of(Path directory, String address) {
        var place = place(address);
        try {
            return new LiveReport(directory, HttpServer.create(place, 0));
        } catch (BindException e) {
            throw new NndException(
                    "The report can't be shown at " + place.getHostString() + ":" + place.getPort() + ": "
                            + e.getMessage() + ".",
                    "choose another port, or `--live` alone for any that is free",
                    e);
        } catch (IOException e) {
            throw new NndException("The report can't be shown: " + e.getMessage() + ".", e);
        }
    }

    private static InetSocketAddress place(String address) {
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        try {
            var host =
                    colon < 0 ? InetAddress.getLoopbackAddress() : InetAddress.getByName(address.substring(0, colon));
            return new InetSocketAddress(host, Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            throw new NndException(
                    "--live needs a port from 0 to 65535, or HOST:PORT, not `" + address + "`.",
                    "leave it out for a free port",
                    e);
        } catch (UnknownHostException e) {
            throw new NndException("--live: there is no host `" + address.substring(0, colon) + "`.", e);
        }
    }

    /** Where a browser finds it. */
    String address() {
        var bound = server.getAddress();
        String host = bound.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort() + "/";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (!head && !exchange.getRequestMethod().equals("GET")) {
                send(exchange, NOT_ALLOWED, "text/plain", "only GET", head);
                return;
            }
            String path = exchange.getRequestURI().getPath();
            String name = path.equals("/") ? PAGE : path.substring(1);
            if (!FILES.contains(name)) {
                send(exchange, NOT_FOUND, "text/plain", "there is no " + name, head);
                return;
            }
            byte[] content;
            try {
                content = Files.readAllBytes(directory.resolve(name));
            } catch (NoSuchFileException notYet) {
                send(exchange, FOUND, "text/html; charset=utf-8", WAITING, head);
                return;
            }
            send(exchange, FOUND, type(name), content, head);
        }
    }

    private static String type(String name) {
        return name.endsWith(".png")
                ? "image/png"
                : name.endsWith(".csv") ? "text/csv; charset=utf-8" : "text/html; charset=utf-8";
    }

    private static void send(HttpExchange exchange, int code, String type, String text, boolean head)
            throws IOException {
        send(exchange, code, type, text.getBytes(StandardCharsets.UTF_8), head);
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] content, boolean head)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(code, head || content.length == 0 ? -1 : content.length);
        if (!head) {
            exchange.getResponseBody().write(content);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
