// What gSOAP generates from the WSDL asks three times and prints what it read as JSON: URL and three patients.
// Reading is strict: gSOAP checks occurrences and codes against the schema it was generated from.
#include "GetCarePlansResponderBinding.nsmap"
#include "soapGetCarePlansResponderBindingProxy.h"
#include <cstdio>
#include <iostream>
#include <string>

using std::string;

static string quoted(const string &text)
{
    string out = "\"";
    for (unsigned char c : text) {
        char escaped[8];
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c < 0x20)
            std::snprintf(escaped, sizeof escaped, "\\u%04x", c), out += escaped;
        else
            out += c;
    }
    return out + "\"";
}

static string quoted(const string *text) { return text ? quoted(*text) : "null"; }
static string boolean(bool value) { return value ? "true" : "false"; }

// A JSON array of what `tell` says of each.
template <class Several, class Tell> static string all(const Several &values, Tell tell)
{
    string out;
    for (const auto &value : values)
        out += (out.empty() ? "" : ",") + tell(value);
    return "[" + out + "]";
}

// What `tell` says of the first that it says anything of.
template <class Several, class Tell> static string first(const Several &values, Tell tell)
{
    for (const auto &value : values) {
        string told = tell(value);
        if (!told.empty())
            return told;
    }
    return "";
}

static string recurrence(struct soap *soap, const core__ActivityType *activity)
{
    const core__TimingType *timing = activity->timing;
    if (!timing || timing->__union_TimingType != SOAP_UNION__core__union_TimingType_recurrence)
        return "";
    const core__RecurrenceType *often = timing->union_TimingType.recurrence;
    return "[" + quoted(often->text) + "," + std::to_string(often->frequency) + "," + std::to_string(often->every)
        + "," + quoted(string(soap_codes__TimeUnitEnum2s(soap, often->unit))) + "]";
}

static string participant(struct soap *soap, const core__ParticipantType *one)
{
    if (one->channel.empty())
        return "";
    const core__ChannelType *channel = one->channel[0];
    return "[" + quoted(one->role->displayName ? one->role->displayName : one->role->originalText) + ","
        + quoted(string(soap_codes__ChannelSystemEnum2s(soap, channel->system))) + "," + quoted(channel->value) + "]";
}

static string document(const core__AttachmentType *one)
{
    if (!one->value)
        return "";
    string out;
    for (int i = 0; i < one->value->__size; i++) {
        char byte[3];
        std::snprintf(byte, sizeof byte, "%02x", one->value->__ptr[i]);
        out += byte;
    }
    return quoted(out);
}

static string structured(struct soap *soap, const message__GetCarePlansResponseType &answer)
{
    const auto &plans = answer.carePlan;
    string out = "{\"plans\":" + std::to_string(plans.size());
    out += ",\"agreements\":" + std::to_string(answer.agreement.size());
    out += ",\"goal\":" + first(plans, [](auto *plan) { return plan->body->goal.empty() ? "" : quoted(plan->body->goal[0]->text); });
    out += ",\"recurrence\":" + first(plans, [&](auto *plan) {
        return first(plan->body->activity, [&](auto *one) { return recurrence(soap, one); });
    });
    out += ",\"participant\":" + first(plans, [&](auto *plan) {
        return first(plan->body->participant, [&](auto *one) { return participant(soap, one); });
    });
    out += ",\"nextStep\":" + first(answer.agreement, [](auto *one) {
        return one->body->nextStep.empty() ? "" : quoted(one->body->nextStep[0]->text);
    });
    out += ",\"attachment\":" + first(plans, [](auto *plan) { return first(plan->body->attachment, document); });
    out += ",\"approved\":" + all(plans, [](auto *plan) { return boolean(plan->header->accessControl->approvedForPatient); });
    out += ",\"hasMore\":" + all(answer.hasMore, [](auto *more) {
        return "[" + quoted(more->logicalAddress) + "," + quoted(more->reference) + "]";
    });
    return out + ",\"result\":" + quoted(string(soap_codes__ResultCodeEnum2s(soap, answer.result->resultCode))) + "}";
}

static string statuses(struct soap *soap)
{
    if (!soap->header || !soap->header->status__ProcessingStatus)
        return "null";
    return all(soap->header->status__ProcessingStatus->ProcessingStatusList, [&](auto *one) {
        return "[" + quoted(one->logicalAddress) + ","
            + quoted(string(soap_status__StatusCodeEnum2s(soap, one->statusCode))) + "]";
    });
}

static int ask(GetCarePlansResponderBindingProxy &proxy, string address, string patient, message__GetCarePlansResponseType &answer)
{
    struct soap *soap = proxy.soap;
    soap->header = soap_new_SOAP_ENV__Header(soap);
    soap->header->registry__LogicalAddress = &address;
    core__IIType *id = soap_new_core__IIType(soap);
    id->root = "1.2.752.129.2.1.3.1";
    id->extension = &patient;
    message__GetCarePlansType question;
    question.patientId = id;
    return proxy.GetCarePlans(&question, answer);
}

int main(int, char **argv)
{
    const string address = argv[2];
    GetCarePlansResponderBindingProxy proxy(argv[1], SOAP_C_UTFSTRING | SOAP_XML_STRICT);
    proxy.soap->recv_timeout = proxy.soap->connect_timeout = 20;

    message__GetCarePlansResponseType answer;
    if (ask(proxy, address, argv[3], answer) != SOAP_OK) {
        proxy.soap_stream_fault(std::cerr);
        return 1;
    }
    string out = "{\"found\":" + structured(proxy.soap, answer) + ",\"processingStatus\":" + statuses(proxy.soap);

    message__GetCarePlansResponseType empty;
    if (ask(proxy, address, argv[4], empty) != SOAP_OK) {
        proxy.soap_stream_fault(std::cerr);
        return 1;
    }
    out += ",\"stranger\":[" + std::to_string(empty.carePlan.size()) + ","
        + quoted(string(soap_codes__ResultCodeEnum2s(proxy.soap, empty.result->resultCode))) + "]";

    message__GetCarePlansResponseType nothing;
    if (ask(proxy, address, argv[5], nothing) == SOAP_FAULT) {
        out += ",\"fault\":[\"SOAP_FAULT\"," + quoted(string(*soap_faultcode(proxy.soap))) + ","
            + quoted(string(*soap_faultstring(proxy.soap))) + "]";
    }
    std::cout << out << "}";
}
