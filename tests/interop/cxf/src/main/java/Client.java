import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.Holder;
import jakarta.xml.ws.WebServiceException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.cxf.binding.soap.SoapFault;
import org.apache.cxf.frontend.ClientProxy;
import riv.clinicalprocess.logistics.logistics._4.AttachmentType;
import riv.clinicalprocess.logistics.logistics._4.CarePlanBodyType;
import riv.clinicalprocess.logistics.logistics._4.CarePlanType;
import riv.clinicalprocess.logistics.logistics._4.ChannelType;
import riv.clinicalprocess.logistics.logistics._4.IIType;
import riv.clinicalprocess.logistics.logistics._4.ParticipantType;
import riv.clinicalprocess.logistics.logistics._4.RecurrenceType;
import riv.clinicalprocess.logistics.logistics.getcareplans._3.rivtabp21.GetCarePlansResponderInterface;
import riv.clinicalprocess.logistics.logistics.getcareplans._3.rivtabp21.GetCarePlansResponderService;
import riv.clinicalprocess.logistics.logistics.getcareplansresponder._3.GetCarePlansResponseType;
import riv.clinicalprocess.logistics.logistics.getcareplansresponder._3.GetCarePlansType;
import riv.interoperability.headers._1.ProcessingStatusType;

/** What Apache CXF generates from the WSDL asks three times and prints what it read as JSON: URL and three patients. */
public class Client {
    private static String json(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof Collection<?> several) {
            return several.stream().map(Client::json).collect(Collectors.joining(",", "[", "]"));
        }
        return "\"" + value.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    /** What the bodies hold of one kind, in their order. */
    private static <T> Stream<T> every(GetCarePlansResponseType answer, Function<CarePlanBodyType, List<T>> part) {
        return answer.getCarePlan().stream().map(CarePlanType::getBody).flatMap(body -> part.apply(body).stream());
    }

    private static List<Object> told(RecurrenceType often) {
        return List.of(often.getText(), often.getFrequency(), often.getEvery(), often.getUnit().value());
    }

    private static List<Object> told(ParticipantType one) {
        ChannelType channel = one.getChannel().get(0);
        String role = one.getRole().getDisplayName();
        return List.of(role == null ? one.getRole().getOriginalText() : role, channel.getSystem().value(), channel.getValue());
    }

    private static Map<String, Object> structured(GetCarePlansResponseType answer) {
        return Map.of(
                "plans", answer.getCarePlan().size(),
                "agreements", answer.getAgreement().size(),
                "goal", every(answer, CarePlanBodyType::getGoal).findFirst().orElseThrow().getText(),
                "recurrence", every(answer, CarePlanBodyType::getActivity)
                        .filter(one -> one.getTiming() != null && one.getTiming().getRecurrence() != null)
                        .map(one -> told(one.getTiming().getRecurrence())).findFirst().orElseThrow(),
                "participant", every(answer, CarePlanBodyType::getParticipant)
                        .filter(one -> !one.getChannel().isEmpty()).map(Client::told).findFirst().orElseThrow(),
                "nextStep", answer.getAgreement().stream()
                        .flatMap(one -> one.getBody().getNextStep().stream()).findFirst().orElseThrow().getText(),
                "attachment", every(answer, CarePlanBodyType::getAttachment).map(AttachmentType::getValue)
                        .filter(value -> value != null).map(HexFormat.of()::formatHex).findFirst().orElseThrow(),
                "approved", answer.getCarePlan().stream()
                        .map(plan -> plan.getHeader().getAccessControl().isApprovedForPatient()).toList(),
                "hasMore", answer.getHasMore().stream()
                        .map(more -> List.of(more.getLogicalAddress(), more.getReference())).toList(),
                "result", answer.getResult().getResultCode().value());
    }

    private static GetCarePlansType about(String patient) {
        IIType id = new IIType();
        id.setRoot("1.2.752.129.2.1.3.1");
        id.setExtension(patient);
        GetCarePlansType question = new GetCarePlansType();
        question.setPatientId(id);
        return question;
    }

    public static void main(String[] given) throws Exception {
        String url = given[0];
        String address = given[1];
        var service = new GetCarePlansResponderService(URI.create(url + "?wsdl=3.0").toURL());
        GetCarePlansResponderInterface port = service.getGetCarePlansResponderPort();
        var context = ((BindingProvider) port).getRequestContext();
        context.put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, url);
        // CXF then checks the question and the answer against the schema.
        context.put("schema-validation-enabled", "true");
        ClientProxy.getClient(port).getEndpoint().put("schema-validation-enabled", "true");

        Holder<ProcessingStatusType> status = new Holder<>();
        GetCarePlansResponseType answer = port.getCarePlans(address, about(given[2]), status);
        List<?> statuses = status.value == null ? List.of() : status.value.getProcessingStatusList().stream()
                .map(one -> List.of(one.getLogicalAddress(), one.getStatusCode().value())).toList();
        GetCarePlansResponseType empty = port.getCarePlans(address, about(given[3]), new Holder<>());
        List<String> fault = List.of();
        try {
            port.getCarePlans(address, about(given[4]), new Holder<>());
        } catch (WebServiceException exception) {
            SoapFault cause = (SoapFault) exception.getCause();
            fault = List.of("SoapFault", cause.getFaultCode().getLocalPart(), cause.getReason());
        }
        String out = json(Map.of(
                "found", structured(answer),
                "processingStatus", statuses,
                "stranger", List.of(empty.getCarePlan().size(), empty.getResult().getResultCode().value()),
                "fault", fault));
        System.out.write(out.getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }
}
