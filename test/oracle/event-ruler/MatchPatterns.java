import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;

/**
 * Reads lines {"pattern": TEXT, "events": [TEXT, ...]} with JSON documents as text, and writes for each line a JSON array with
 * the verdict of Event Ruler on each event: true or false; or null instead of the array if the pattern is invalid.
 */
public final class MatchPatterns {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    BufferedWriter verdicts = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode task = JSON.readTree(line);
      verdicts.write(JSON.writeValueAsString(verdictsOf(task.get("pattern").textValue(), task.get("events"))));
      verdicts.newLine();
    }
    verdicts.flush();
  }

  private static boolean[] verdictsOf(String pattern, JsonNode events) throws Exception {
    Machine machine = Machine.builder().build();
    try {
      machine.addRule("rule", pattern);
    } catch (IOException | RuntimeException invalid) {
      return null; // an empty list under anything-but ends in a NullPointerException
    }
    boolean[] verdicts = new boolean[events.size()];
    for (int index = 0; index < verdicts.length; index += 1) {
      String event = events.get(index).textValue();
      verdicts[index] = !machine.rulesForJSONEvent(event).isEmpty();
    }
    return verdicts;
  }
}
