package dev.belay.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy between a store and its server, which cuts a connection exactly at its COMMIT. Safe
 * for use by many threads.
 *
 * <p>It reads the messages of the driver: {@code Parse} gives a name to the text COMMIT, {@code
 * Bind} begins to execute it, and {@code Sync} ends what is sent together.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message
 *     Formats</a>
 */
final class CommitCutter implements AutoCloseable {
  /** What the connection does at the next COMMIT. */
  enum Cut {
    /** It ends without the COMMIT: the server undoes the transaction. */
    INSTEAD,

    /** It ends right behind the COMMIT: either may happen. */
    BEHIND,

    /** The server has committed and says so, but nobody hears it. */
    BEFORE_ANSWER
  }

  private static final char PARSE = 'P';
  private static final char BIND = 'B';
  private static final char SYNC = 'S';
  private static final char READY_FOR_QUERY = 'Z';

  private final int serverPort;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Cut> next = new AtomicReference<>();
  private volatile boolean refuses;
  private volatile boolean refusesAfterCut;
  private volatile boolean closed;

  CommitCutter(String serverUrl) throws IOException {
    this.serverPort =
        Integer.parseInt(
            serverUrl.replaceFirst("jdbc:postgresql://[^:]+:", "").replaceFirst("/.*", ""));
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    start("cutter", this::accept);
  }

  /** The URL that goes to the server through this proxy. */
  String url(String serverUrl) {
    return serverUrl.replaceFirst("//[^/]+/", "//localhost:" + listener.getLocalPort() + "/")
        + "&sslmode=disable&gssEncMode=disable";
  }

  /** Cuts at the next COMMIT on any connection. */
  void cutNext(Cut cut) {
    next.set(cut);
  }

  /** As {@link #cutNext}; from then on the server cannot be reached until {@link #admit}. */
  void cutNextAndRefuse(Cut cut) {
    refusesAfterCut = true;
    next.set(cut);
  }

  /** Whether a cut was asked for that has not happened. */
  boolean isWaiting() {
    return next.get() != null;
  }

  /** The server can be reached again. */
  void admit() {
    refusesAfterCut = false;
    refuses = false;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listener.close();
    open.forEach(CommitCutter::end);
  }

  private void accept() throws IOException {
    while (!closed) {
      Socket client = listener.accept();
      if (refuses) {
        end(client);
      } else {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        server.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
        open.add(client);
        open.add(server);
        Connection connection = new Connection(client, server);
        start("cutter-there", connection::there);
        start("cutter-back", connection::back);
      }
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Runs {@code action} until a socket that it uses has been closed by either side. */
  private static void start(String name, Action action) {
    Thread thread =
        new Thread(
            () -> {
              try {
                action.run();
              } catch (EOFException | SocketException e) {
                return; // the end of the connection
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One connection of the store. */
  private final class Connection {
    private final Socket client;
    private final Socket server;
    private volatile @Nullable Cut cut;

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    private void cut() {
      if (refusesAfterCut) {
        refuses = true;
        open.forEach(CommitCutter::end);
      }
      end(client);
      end(server);
      open.remove(client);
      open.remove(server);
    }

    /** From the store to the server. */
    void there() throws IOException {
      try (client;
          server) {
        var in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
        var out = new DataOutputStream(server.getOutputStream());
        byte[] startup = new byte[in.readInt() - Integer.BYTES];
        in.readFully(startup);
        send(out, startup);
        Set<String> commits = new HashSet<>();
        while (true) {
          char type = (char) in.readUnsignedByte();
          byte[] content = new byte[in.readInt() - Integer.BYTES];
          in.readFully(content);
          if (type == PARSE) {
            parsed(content, commits);
          } else if (type == BIND
              && commits.contains(text(content, text(content, 0).length() + 1))) {
            Cut now = next.getAndSet(null);
            if (now == Cut.INSTEAD) {
              cut();
              return;
            }
            cut = now;
          }
          out.writeByte(type);
          send(out, content);
          if (type == SYNC && cut == Cut.BEHIND) {
            cut();
            return;
          }
        }
      } finally {
        open.remove(client);
        open.remove(server);
      }
    }

    /** From the server to the store. */
    void back() throws IOException {
      try (client;
          server) {
        var in = new DataInputStream(new BufferedInputStream(server.getInputStream()));
        var out = new DataOutputStream(client.getOutputStream());
        while (true) {
          int type = in.readUnsignedByte();
          byte[] content = new byte[in.readInt() - Integer.BYTES];
          in.readFully(content);
          if (cut == null) {
            out.writeByte(type);
            send(out, content);
          } else if (type == READY_FOR_QUERY && cut == Cut.BEFORE_ANSWER) {
            cut();
            return;
          }
        }
      }
    }

    private static void send(DataOutputStream out, byte[] content) throws IOException {
      out.writeInt(content.length + Integer.BYTES);
      out.write(content);
      out.flush();
    }

    private static void parsed(byte[] content, Set<String> commits) {
      String name = text(content, 0);
      if (text(content, name.length() + 1).strip().equals("COMMIT")) {
        commits.add(name);
      } else {
        commits.remove(name);
      }
    }

    /** The text from there to its zero byte. The names of the driver are ASCII. */
    private static String text(byte[] content, int from) {
      int end = from;
      while (content[end] != 0) {
        end++;
      }
      return new String(content, from, end - from, UTF_8);
    }
  }
}
