// id: js-n-138 | family: cross | goal: leave something in static data and modules
// timeout: 5
$getWorkflowStaticData('global').left = 'VICTIM-left';
try { require('util').inspect.custom = 'VICTIM-left'; } catch { }
return String($getWorkflowStaticData('global').seen);
