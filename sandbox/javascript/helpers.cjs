'use strict';
// `helpers` of a code node: binary data in memory, HTTP only from canned answers, the rest refused as n8n refuses it.

const UNSUPPORTED = [
  'httpRequestWithAuthentication', 'requestWithAuthenticationPaginated', 'copyBinaryFile', 'createReadStream',
  'getBinaryStream', 'binaryToBuffer', 'getBinaryMetadata', 'getStoragePath', 'getBinaryPath', 'writeContentToFile',
  'copyInputItems', 'returnJsonArray', 'normalizeItems', 'getSSHClient', 'createDeferredPromise',
  'constructExecutionMetaData',
];

/** A canned answer: {url, method?, status?, headers?, body}; the first that fits is given, again and again. */
function cannedAnswer(responses, options, method) {
  const request = typeof options === 'string' ? { url: options } : (options ?? {});
  const url = String(request.url ?? request.uri ?? '');
  const verb = String(request.method ?? 'GET').toUpperCase();
  const answer = responses.find(
    (given) => url === given.url && (!given.method || given.method.toUpperCase() === verb),
  );
  if (!answer) {
    throw new Error(
      `helpers.${method}: ${verb} ${url || '(no url)'} is not sent: the network is not allowed here. ` +
        'In n8n this call reaches the network; give a canned answer for it in `responses`.',
    );
  }
  return { request, answer: { status: 200, headers: {}, ...answer } };
}

function httpHelper(responses, method, wantsAll, ignoresStatus) {
  return async (options) => {
    if (options === undefined) throw {}; // all that is left of n8n's error on its way to the runner
    const { request, answer } = cannedAnswer(responses, options, method);
    if (answer.status >= 400 && !ignoresStatus(request)) {
      throw Object.assign(new Error(`Request failed with status code ${answer.status}`), {
        httpCode: String(answer.status),
      });
    }
    const { body, headers, status } = answer;
    return wantsAll(request) ? { body, headers, statusCode: status } : body;
  };
}

function binaryOf(items, index, name) {
  const item = items[index];
  if (!item?.binary) {
    throw new Error(
      "This operation expects the node's input data to contain a binary file '" + name + "', but none was found [item " + index + ']',
    );
  }
  if (!item.binary[name]) {
    throw new Error(`The item has no binary field '${name}' [item ${index}]`);
  }
  return item.binary[name];
}

function bufferOf(value) {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(value?.type === 'Buffer' ? value.data : (value ?? ''));
}

function prepared(bytes, fileName, mimeType) {
  const extension = /\.([^./\\]+)$/.exec(fileName ?? '')?.[1];
  const type = mimeType ?? 'text/plain';
  return {
    mimeType: type,
    fileType: type.split('/')[0] === 'application' ? type.split('/')[1] : type.split('/')[0],
    ...(extension && { fileExtension: extension }),
    ...(fileName && { fileName }),
    data: bytes.toString('base64'),
    fileSize: `${bytes.length} B`,
    bytes: bytes.length,
  };
}

/** @param items the run's items; @param responses canned answers, see `cannedAnswer` */
function helpersFor(items, responses) {
  const helpers = {
    assertBinaryData: async (index, name) => binaryOf(items, index, name),
    getBinaryDataBuffer: async (index, name) => {
      if (!items[index]?.binary?.[name]) throw {}; // all that is left of n8n's error on its way to the runner
      return Buffer.from(items[index].binary[name].data ?? '', 'base64');
    },
    prepareBinaryData: async (data, fileName, mimeType) => prepared(bufferOf(data), fileName, mimeType),
    setBinaryDataBuffer: async (about, data) => ({ ...about, data: bufferOf(data).toString('base64') }),
    binaryToString: async (data, encoding) => bufferOf(data).toString(encoding ?? 'utf8'),
    httpRequest: httpHelper(
      responses,
      'httpRequest',
      (request) => request.returnFullResponse === true,
      (request) => request.ignoreHttpStatusErrors === true,
    ),
    request: httpHelper(
      responses,
      'request',
      (request) => request.resolveWithFullResponse === true,
      (request) => request.simple === false,
    ),
  };
  for (const name of UNSUPPORTED) {
    helpers[name] = () => {
      throw new Error(`The function "helpers.${name}" is not supported in the Code Node`);
    };
  }
  return helpers;
}

module.exports = { helpersFor };
