import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.lfenergy.shapeshifter.api.USEFRoleType;
import org.lfenergy.shapeshifter.core.common.xml.XmlSerializer;
import org.lfenergy.shapeshifter.core.common.xsd.XsdFactory;
import org.lfenergy.shapeshifter.core.common.xsd.XsdSchemaFactoryPool;
import org.lfenergy.shapeshifter.core.common.xsd.XsdSchemaProvider;
import org.lfenergy.shapeshifter.core.common.xsd.XsdValidator;
import org.lfenergy.shapeshifter.core.model.UftpParticipant;
import org.lfenergy.shapeshifter.core.service.crypto.LazySodiumBase64Pool;
import org.lfenergy.shapeshifter.core.service.crypto.LazySodiumFactory;
import org.lfenergy.shapeshifter.core.service.crypto.UftpCryptoService;
import org.lfenergy.shapeshifter.core.service.participant.ParticipantResolutionService;
import org.lfenergy.shapeshifter.core.service.serialization.UftpSerializer;

/** The Java library as a long-lived contender. A line in: task, seconds, wire in Base64. A line out: the rate. */
public class Codec {

  public static void main(String[] arguments) throws Exception {
    String secretKey = arguments[0];
    String publicKey = arguments[1];
    var serializer =
        new UftpSerializer(
            new XmlSerializer(),
            new XsdValidator(new XsdSchemaProvider(new XsdFactory(new XsdSchemaFactoryPool()))));
    var crypto =
        new UftpCryptoService(
            new ParticipantResolutionService((role, domain) -> Optional.empty()),
            new LazySodiumFactory(),
            new LazySodiumBase64Pool());
    var sender = new UftpParticipant("dso.example.com", USEFRoleType.DSO);

    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] command = line.split(" ");
      var wire = new String(Base64.getDecoder().decode(command[2]), StandardCharsets.UTF_8);
      var payload = serializer.fromPayloadXml(crypto.verifySignedMessage(serializer.fromSignedXml(wire), publicKey));
      Step step =
          command[0].equals("read")
              ? () -> serializer.fromPayloadXml(crypto.verifySignedMessage(serializer.fromSignedXml(wire), publicKey))
              : () -> serializer.toXml(crypto.signMessage(serializer.toXml(payload), sender, secretKey));
      System.out.println(rate(step, Double.parseDouble(command[1])));
    }
  }

  private interface Step {
    Object run() throws Exception;
  }

  private static double rate(Step step, double seconds) throws Exception {
    long start = System.nanoTime();
    long elapsed = 0;
    int count = 0;
    while ((elapsed = System.nanoTime() - start) < seconds * 1e9) {
      step.run();
      count++;
    }
    return count / (elapsed / 1e9);
  }
}
