// The package `soap` asks three times and prints what it read as JSON: URL, version, and three patients.
const { createRequire } = require("node:module");
const [modules, url, version, logicalAddress, patient, stranger, broken] = process.argv.slice(2);
const soap = createRequire(`${modules}/`)("soap");

const PERSONNUMMER = "1.2.752.129.2.1.3.1";
const several = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const first = (values, gives) => values.map(gives).find((given) => given !== undefined);
const hex = (base64) => Buffer.from(base64, "base64").toString("hex");

// The package builds the Body from a message's first part, whatever `parts` of its binding says, and in RIV-TA's
// WSDLs that is the header LogicalAddress: the parts change places before the package reads them.
class PartsInOrder extends soap.HttpClient {
  request(address, data, callback, ...more) {
    return super.request(address, data, (error, response, body) => {
      if (!data && typeof body === "string") {
        body = body.replace(/(<wsdl:part name="LogicalAddress".*?)(<wsdl:part name="parameters"[^>]*>)/s, "$2$1");
      }
      callback(error, response, body);
    }, ...more);
  }
}

async function ask(client, id) {
  const patientId = version === "2.0" ? { id, type: PERSONNUMMER } : { root: PERSONNUMMER, extension: id };
  const [answer, , headers] = await client.GetCarePlansAsync({ patientId });
  return { answer, headers };
}

function structured(answer) {
  const plans = several(answer.carePlan);
  const bodies = plans.map((plan) => plan.body);
  const agreements = several(answer.agreement);
  const document = first(bodies, (body) => first(several(body.attachment), (one) => one.value));
  return {
    plans: plans.length,
    agreements: agreements.length,
    goal: first(bodies, (body) => first(several(body.goal), (one) => one.text)),
    recurrence: first(bodies, (body) =>
      first(several(body.activity), ({ timing }) => {
        const often = timing && timing.recurrence;
        return often && [often.text, often.frequency, often.every, often.unit];
      })),
    participant: first(bodies, (body) =>
      first(several(body.participant), (one) => {
        const [channel] = several(one.channel);
        return channel && [one.role.displayName || one.role.originalText, channel.system, channel.value];
      })),
    nextStep: first(agreements, (one) => first(several(one.body.nextStep), (step) => step.text)),
    attachment: hex(document),
    approved: plans.map((plan) => plan.header.accessControl.approvedForPatient),
    hasMore: several(answer.hasMore).map((more) => [more.logicalAddress, more.reference]),
    result: answer.result.resultCode,
  };
}

function documents(answer) {
  const plans = several(answer.carePlan);
  return {
    plans: plans.length,
    titles: plans.map((plan) => plan.carePlanHeader.documentTitle),
    attachment: hex(several(plans[0].carePlanBody.content)[0].value),
    approved: plans.map((plan) => plan.carePlanHeader.approvedForPatient),
    result: answer.result.resultCode,
  };
}

async function main() {
  const client = await soap.createClientAsync(`${url}?wsdl=${version}`, {
    endpoint: url,
    httpClient: new PartsInOrder(),
  });
  client.addSoapHeader({ LogicalAddress: logicalAddress }, "", "itr", "urn:riv:itintegration:registry:1");
  const { answer, headers } = await ask(client, patient);
  const told = { found: version === "2.0" ? documents(answer) : structured(answer) };
  const status = headers && headers.ProcessingStatus;
  told.processingStatus = status
    ? several(status.ProcessingStatusList).map((one) => [one.logicalAddress, one.statusCode])
    : null;
  const { answer: empty } = await ask(client, stranger);
  told.stranger = [several(empty.carePlan).length, empty.result.resultCode];
  try {
    await ask(client, broken);
  } catch (error) {
    const { Fault } = error.root.Envelope.Body;
    told.fault = [error.constructor.name, Fault.faultcode, Fault.faultstring];
  }
  process.stdout.write(JSON.stringify(told));
}

main();
