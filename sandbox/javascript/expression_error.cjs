'use strict';
// The error n8n's own globals throw; its message reaches the user as it stands, without a line.

class ExpressionError extends Error {
  name = 'ExpressionError'; // a field, since assigning to what the frozen Error.prototype has would fail

  constructor(message, description) {
    super(message);
    if (description !== undefined) this.description = description;
  }
}

module.exports = { ExpressionError };
