import java.util.Scanner;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;

/** Has ZooKeeper's own parser read files whose paths come by line, and prints a line for each: `ok`, or what is wrong. */
public class ZooCfg {
  public static void main(String[] arguments) {
    Scanner paths = new Scanner(System.in);
    while (paths.hasNextLine()) System.out.println(read(paths.nextLine()));
  }

  private static String read(String path) {
    try {
      new QuorumPeerConfig().parse(path);
      return "ok";
    } catch (Exception error) {
      Throwable cause = error.getCause() == null ? error : error.getCause();
      return String.valueOf(cause.getMessage()).replace('\n', ' ');
    }
  }
}
