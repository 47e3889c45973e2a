<?php
// PHP's own SoapClient asks three times and prints what it read as JSON: URL, version, and three patients.
[, $url, $version, $logicalAddress, $patient, $stranger, $broken] = $argv;

$client = new SoapClient("$url?wsdl=$version", [
    "location" => $url,
    "cache_wsdl" => WSDL_CACHE_NONE,
    "features" => SOAP_SINGLE_ELEMENT_ARRAYS,
    "connection_timeout" => 20,
]);

function ask(SoapClient $client, string $version, string $logicalAddress, string $patient, ?array &$headers): object
{
    $personnummer = "1.2.752.129.2.1.3.1";
    $id = $version === "2.0" ? ["id" => $patient, "type" => $personnummer] : ["root" => $personnummer, "extension" => $patient];
    $address = new SoapHeader("urn:riv:itintegration:registry:1", "LogicalAddress", $logicalAddress);
    return $client->__soapCall("GetCarePlans", [["patientId" => $id]], null, [$address], $headers);
}

function first(array $values, callable $gives): mixed
{
    foreach ($values as $value) {
        $given = $gives($value);
        if ($given !== null) {
            return $given;
        }
    }
    return null;
}

function structured(object $answer): array
{
    $bodies = array_map(fn($plan) => $plan->body, $answer->carePlan);
    $document = first($bodies, fn($body) => first($body->attachment ?? [], fn($one) => isset($one->value) ? $one->value : null));
    return [
        "plans" => count($answer->carePlan),
        "agreements" => count($answer->agreement),
        "goal" => first($bodies, fn($body) => isset($body->goal) ? $body->goal[0]->text : null),
        "recurrence" => first($bodies, fn($body) => first($body->activity ?? [], fn($one) =>
            isset($one->timing->recurrence)
                ? [$one->timing->recurrence->text, $one->timing->recurrence->frequency, $one->timing->recurrence->every, $one->timing->recurrence->unit]
                : null)),
        "participant" => first($bodies, fn($body) => first($body->participant ?? [], fn($one) =>
            isset($one->channel) ? [$one->role->displayName ?? $one->role->originalText, $one->channel[0]->system, $one->channel[0]->value] : null)),
        "nextStep" => first($answer->agreement, fn($one) => isset($one->body->nextStep) ? $one->body->nextStep[0]->text : null),
        "attachment" => bin2hex($document),
        "approved" => array_map(fn($plan) => $plan->header->accessControl->approvedForPatient, $answer->carePlan),
        "hasMore" => array_map(fn($one) => [$one->logicalAddress, $one->reference], $answer->hasMore),
        "result" => $answer->result->resultCode,
    ];
}

function documents(object $answer): array
{
    $value = $answer->carePlan[0]->carePlanBody->content[0]->value;
    return [
        "plans" => count($answer->carePlan),
        "titles" => array_map(fn($plan) => $plan->carePlanHeader->documentTitle, $answer->carePlan),
        "attachment" => bin2hex($value),
        "approved" => array_map(fn($plan) => $plan->carePlanHeader->approvedForPatient, $answer->carePlan),
        "result" => $answer->result->resultCode,
    ];
}

$answer = ask($client, $version, $logicalAddress, $patient, $headers);
$told = ["found" => $version === "2.0" ? documents($answer) : structured($answer)];
$status = $headers["ProcessingStatus"] ?? null;
$told["processingStatus"] = $status === null ? null : array_map(
    fn($one) => [$one->logicalAddress, $one->statusCode],
    is_array($status->ProcessingStatusList) ? $status->ProcessingStatusList : [$status->ProcessingStatusList],
);
$empty = ask($client, $version, $logicalAddress, $stranger, $headers);
$told["stranger"] = [count($empty->carePlan ?? []), $empty->result->resultCode];
try {
    ask($client, $version, $logicalAddress, $broken, $headers);
} catch (SoapFault $fault) {
    $told["fault"] = [get_class($fault), $fault->faultcode, $fault->faultstring];
}
echo json_encode($told, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
