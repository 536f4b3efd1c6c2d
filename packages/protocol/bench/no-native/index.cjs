/** msgpackr goes on in JavaScript when it gets nothing here. */
module.exports = null
