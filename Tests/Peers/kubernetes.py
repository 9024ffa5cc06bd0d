#!/usr/bin/env python3
"""An API server of Kubernetes, as far as deployments go, with the controllers and the kubelet it needs.

It answers as recorded replies of a real one show: optimistic locking, patches of all kinds, dry runs, pages, watches,
metadata only, status objects, access reviews. What tests need beside it is under /-/ : what was asked (/-/log), and how
it behaves (/-/set).

    kubernetes.py [--port N] [--deployments N --revisions N] [--attached]
"""
import argparse, copy, datetime, hashlib, http.server, json, os, socket, sys, threading, time, urllib.parse, uuid

GROUPS = {
    'apps/v1': {'deployments': 'Deployment', 'replicasets': 'ReplicaSet', 'statefulsets': 'StatefulSet',
                'controllerrevisions': 'ControllerRevision'},
    'v1': {'pods': 'Pod', 'events': 'Event', 'nodes': 'Node', 'namespaces': 'Namespace', 'configmaps': 'ConfigMap'},
    'autoscaling/v2': {'horizontalpodautoscalers': 'HorizontalPodAutoscaler'},
    'serving.kserve.io/v1beta1': {'inferenceservices': 'InferenceService'},
    'serving.kserve.io/v1alpha1': {'llminferenceservices': 'LLMInferenceService'},
    'argoproj.io/v1alpha1': {'rollouts': 'Rollout', 'analysisruns': 'AnalysisRun'},
    'batch/v1': {'jobs': 'Job'},
    'trainer.kubeflow.org/v1alpha1': {'trainjobs': 'TrainJob'},
}
BUILT_IN = ('apps/v1', 'v1', 'autoscaling/v2', 'batch/v1')
CLUSTER_WIDE = ('nodes', 'namespaces')
TOKENS = {'admin': '*', 'operator': ('get', 'list', 'watch', 'patch'), 'viewer': ('get', 'list', 'watch'),
          'lister': ('get', 'list'), 'nobody': ()}
DROPPED = ('deployment.kubernetes.io/revision', 'deployment.kubernetes.io/revision-history',
           'deployment.kubernetes.io/desired-replicas', 'deployment.kubernetes.io/max-replicas',
           'kubectl.kubernetes.io/last-applied-configuration')

lock = threading.RLock()
changed = threading.Condition(lock)
objects = {}        # (plural, namespace, name) -> object
history = []        # (version, plural, type, object)
floor = [0]         # versions up to this one are compacted away
version = [100]
quiet = [False]     # while a fleet is made, before anybody watches
log = []
behave = {'controller': True, 'kubelet': True, 'ready_after': 0.05, 'deadline_scale': 1.0, 'deny': '', 'deny_code': 403,
          'expired': [], 'hang': '', 'refuse': '', 'drop_reply': '', 'quota': 0, 'page': 0, 'groups': list(GROUPS), 'gone_pages': 0,
          'mutate': '', 'anonymous': 'system:anonymous', 'run_for': 0.1, 'log': '', 'log_fault': 0}


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


class Failure(Exception):
    def __init__(self, code, reason, message, details=None, causes=None):
        self.code, self.body = code, {'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Failure',
                                      'message': message}
        if reason:
            self.body['reason'] = reason
        if details is not None:
            self.body['details'] = details
        if causes:
            self.body.setdefault('details', {})['causes'] = causes
        self.body['code'] = code


def record(kind, plural, obj):
    version[0] += 1
    obj['metadata']['resourceVersion'] = str(version[0])
    if quiet[0]:
        return
    history.append((version[0], plural, kind, copy.deepcopy(obj)))
    if len(history) > 20000:
        floor[0] = history[10000][0]
        del history[:10001]
    changed.notify_all()


def save(plural, obj, kind='MODIFIED'):
    meta = obj['metadata']
    objects[(plural, meta.get('namespace'), meta['name'])] = obj
    record(kind, plural, obj)


def fields(value):
    if isinstance(value, dict):
        return {'f:' + k: fields(v) for k, v in value.items()}
    return {}


def sign(obj, manager, before, sub=None):
    spec = {}
    for part in ('spec', 'metadata'):
        old, new = (before or {}).get(part) or {}, obj.get(part) or {}
        for key, value in new.items():
            if part == 'metadata' and key not in ('annotations', 'labels'):
                continue
            if old.get(key) != value:
                spec.setdefault('f:' + part, {})['f:' + key] = fields(value)
    entries = [e for e in obj['metadata'].get('managedFields', []) if (e['manager'], e.get('subresource')) != (manager, sub)]
    # What a manager set last belongs to it alone.
    for entry in entries:
        for part, names in spec.items():
            for name in names:
                entry['fieldsV1'].get(part, {}).pop(name, None)
    mine = [e for e in obj['metadata'].get('managedFields', []) if (e['manager'], e.get('subresource')) == (manager, sub)]
    held = copy.deepcopy(mine[0]['fieldsV1']) if mine else {}
    for part, names in spec.items():
        held.setdefault(part, {}).update(names)
    entry = {'manager': manager, 'operation': 'Update', 'apiVersion': obj.get('apiVersion', 'apps/v1'), 'time': now(),
             'fieldsType': 'FieldsV1', 'fieldsV1': held}
    if sub:
        entry['subresource'] = sub
    obj['metadata']['managedFields'] = entries + [entry]


def hashed(template):
    return hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:10]


def bare(template):
    template = copy.deepcopy(template)
    (template.get('metadata') or {}).get('labels', {}).pop('pod-template-hash', None)
    return template


def matches(selector, labels):
    return all(labels.get(k) == v for k, v in (selector.get('matchLabels') or {}).items())


def parse_selector(text):
    tests = []
    for part in [p for p in text.split(',') if p]:
        if '!=' in part:
            key, value = part.split('!=')
            tests.append(lambda l, k=key, v=value: l.get(k) != v)
        elif '=' in part:
            key, value = part.replace('==', '=').split('=')
            tests.append(lambda l, k=key, v=value: l.get(k) == v)
        elif part.startswith('!'):
            tests.append(lambda l, k=part[1:]: k not in l)
        else:
            tests.append(lambda l, k=part: k in l)
    return lambda labels: all(test(labels) for test in tests)


# --- patches -------------------------------------------------------------------------------------------------------

def merge(target, patch):
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    target = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = merge(target.get(key), value)
    return target


def strategic(target, patch, key=None):
    if isinstance(patch, dict):
        if patch.get('$patch') == 'replace':
            return {k: copy.deepcopy(v) for k, v in patch.items() if k != '$patch'}
        target = dict(target) if isinstance(target, dict) else {}
        for name, value in patch.items():
            if value is None:
                target.pop(name, None)
            else:
                target[name] = strategic(target.get(name), value, name)
        return target
    if isinstance(patch, list) and key in ('containers', 'initContainers', 'env', 'volumes'):
        result = copy.deepcopy(target or [])
        for item in patch:
            found = [i for i, old in enumerate(result) if old.get('name') == item.get('name')]
            if found:
                result[found[0]] = strategic(result[found[0]], item)
            else:
                result.append(copy.deepcopy(item))
        return result
    return copy.deepcopy(patch)


REJECTED = 'the server rejected our request due to an error in our request'


def json_patch(target, operations):
    target = copy.deepcopy(target)
    for op in operations:
        steps = [s.replace('~1', '/').replace('~0', '~') for s in op['path'].split('/')[1:]]
        here = target
        try:
            for step in steps[:-1]:
                here = here[int(step)] if isinstance(here, list) else here[step]
            last = steps[-1]
            if isinstance(here, list):
                last = len(here) if last == '-' else int(last)
            elif not isinstance(here, dict):
                raise KeyError(last)
            if op['op'] == 'test':
                if here[last] != op['value']:
                    raise KeyError(last)
            elif op['op'] == 'add':
                if isinstance(here, list):
                    here.insert(last, op['value'])
                else:
                    here[last] = op['value']
            elif op['op'] == 'replace':
                here[last]
                here[last] = op['value']
            elif op['op'] == 'remove':
                del here[last]
            else:
                raise Failure(400, 'BadRequest', 'unknown operation')
        except (KeyError, IndexError, ValueError):
            raise Failure(422, 'Invalid', REJECTED, {})
    return target


# --- controllers ---------------------------------------------------------------------------------------------------

def owned(plural, uid):
    found = by_owner.get((plural, uid), ())
    return [objects[k] for k in list(found) if k in objects]


by_owner = {}


def create(plural, kind, api, namespace, name, body, owner=None, labels=None, annotations=None):
    obj = {'kind': kind, 'apiVersion': api, 'metadata': {
        'name': name, 'namespace': namespace, 'uid': str(uuid.uuid4()), 'generation': 1, 'creationTimestamp': now()}}
    if labels:
        obj['metadata']['labels'] = labels
    if annotations:
        obj['metadata']['annotations'] = annotations
    if owner:
        obj['metadata']['ownerReferences'] = [{
            'apiVersion': owner['apiVersion'], 'kind': owner['kind'], 'name': owner['metadata']['name'],
            'uid': owner['metadata']['uid'], 'controller': True, 'blockOwnerDeletion': True}]
        by_owner.setdefault((plural, owner['metadata']['uid']), set()).add((plural, namespace, name))
    obj.update(body)
    save(plural, obj, 'ADDED')
    return obj


def drop(plural, obj):
    key = (plural, obj['metadata'].get('namespace'), obj['metadata']['name'])
    if objects.pop(key, None) is not None:
        record('DELETED', plural, obj)
    for owner in obj['metadata'].get('ownerReferences', []):
        by_owner.get((plural, owner['uid']), set()).discard(key)
    for child in ('replicasets', 'pods', 'controllerrevisions', 'jobs'):
        for each in owned(child, obj['metadata']['uid']):
            drop(child, each)


def event(obj, reason, message, kind='Normal'):
    create('events', 'Event', 'v1', obj['metadata'].get('namespace'),
           obj['metadata']['name'] + '.' + uuid.uuid4().hex[:12],
           {'involvedObject': {'kind': obj.get('kind'), 'name': obj['metadata']['name'], 'uid': obj['metadata']['uid'],
                               'namespace': obj['metadata'].get('namespace')},
            'reason': reason, 'message': message, 'type': kind, 'firstTimestamp': now(), 'lastTimestamp': now(),
            'count': 1, 'eventTime': None})


def revision(rs):
    return int(rs['metadata'].get('annotations', {}).get('deployment.kubernetes.io/revision', 0))


def make_pod(rs, spec, labels, name):
    return create('pods', 'Pod', 'v1', rs['metadata']['namespace'], name, {
        'spec': copy.deepcopy(spec), 'status': {'phase': 'Pending'}}, owner=rs, labels=dict(labels))


def kubelet(pod):
    """Readiness, or the reason there is none, by what the image's tag says."""
    if pod.get('_seen') is None:
        pod['_seen'] = time.time()
    if pod['status'].get('phase') in ('Succeeded', 'Failed'):
        return
    if pod['status'].get('phase') == 'Running' and pod['status']['conditions'][-1]['status'] == 'True':
        return
    image = pod['spec']['containers'][0]['image']
    name = pod['spec']['containers'][0]['name']
    wait, message, status = None, '', None
    if 'missing' in image:
        wait, message = 'ImagePullBackOff', 'Back-off pulling image "%s"' % image
    elif 'crash' in image:
        wait, message = 'CrashLoopBackOff', 'back-off 10s restarting failed container'
    if 'unschedulable' in image:
        status = {'phase': 'Pending', 'conditions': [{
            'type': 'PodScheduled', 'status': 'False', 'reason': 'Unschedulable', 'lastTransitionTime': now(),
            'message': '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.'}]}
    elif wait:
        status = {'phase': 'Pending', 'startTime': now(), 'conditions': [
            {'type': 'PodScheduled', 'status': 'True', 'lastTransitionTime': now()},
            {'type': 'Ready', 'status': 'False', 'reason': 'ContainersNotReady', 'lastTransitionTime': now(),
             'message': 'containers with unready status: [%s]' % name}],
            'containerStatuses': [{'name': name, 'image': image, 'ready': False, 'restartCount': 0,
                                   'state': {'waiting': {'reason': wait, 'message': message}}}]}
    elif 'unready' in image:
        status = {'phase': 'Running', 'startTime': now(), 'conditions': [
            {'type': 'Ready', 'status': 'False', 'reason': 'ContainersNotReady', 'lastTransitionTime': now(),
             'message': 'containers with unready status: [%s]' % name}],
            'containerStatuses': [{'name': name, 'image': image, 'ready': False, 'restartCount': 0,
                                   'state': {'running': {'startedAt': now()}}}]}
    elif time.time() - pod['_seen'] >= behave['ready_after']:
        status = {'phase': 'Running', 'startTime': pod['metadata']['creationTimestamp'], 'conditions': [
            {'type': 'PodScheduled', 'status': 'True', 'lastTransitionTime': pod['metadata']['creationTimestamp']},
            {'type': 'Ready', 'status': 'True', 'lastTransitionTime': now()}],
            'containerStatuses': [{'name': name, 'image': image, 'ready': True, 'restartCount': 0,
                                   'state': {'running': {'startedAt': now()}}}]}
    if status and status != pod['status'] and pod.get('_told') != image:
        if not (status['phase'] == 'Running' and status['conditions'][-1]['status'] == 'True'):
            pod['_told'] = image
            if wait:
                event(pod, 'Failed', 'Error: ' + wait, 'Warning')
            elif 'unready' in image:
                event(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 'Warning')
        pod['status'] = status
        save('pods', pod)


def is_ready(pod):
    return any(c['type'] == 'Ready' and c['status'] == 'True' for c in pod['status'].get('conditions', []))


def condition(kind, status, reason, message=''):
    return {'type': kind, 'status': status, 'reason': reason, 'message': message, 'lastUpdateTime': now(),
            'lastTransitionTime': now()}


def reconcile_deployment(d):
    meta, spec = d['metadata'], d['spec']
    annotations = meta.setdefault('annotations', {})
    sets = owned('replicasets', meta['uid'])
    template = bare(spec['template'])
    current = next((s for s in sets if bare(s['spec']['template']) == template), None)
    top = max([revision(s) for s in sets] or [0])
    before = json.dumps(d, sort_keys=True)
    paused = bool(spec.get('paused'))
    if current is None and not paused:
        hash = hashed(template)
        made = copy.deepcopy(template)
        made.setdefault('metadata', {}).setdefault('labels', {})['pod-template-hash'] = hash
        labels = dict(made['metadata']['labels'])
        current = create('replicasets', 'ReplicaSet', 'apps/v1', meta['namespace'], meta['name'] + '-' + hash, {
            'spec': {'replicas': 0, 'selector': {'matchLabels': dict(spec['selector']['matchLabels'], **{'pod-template-hash': hash})},
                     'template': made}, 'status': {'replicas': 0}}, owner=d, labels=labels,
            annotations={'deployment.kubernetes.io/revision': str(top + 1)})
        sets.append(current)
        event(d, 'ScalingReplicaSet', 'Scaled up replica set %s from 0 to %s' % (current['metadata']['name'], spec.get('replicas', 1)))
    elif current is not None and revision(current) < top and not paused:
        notes = current['metadata'].setdefault('annotations', {})
        old = notes.get('deployment.kubernetes.io/revision')
        past = [p for p in notes.get('deployment.kubernetes.io/revision-history', '').split(',') if p]
        notes['deployment.kubernetes.io/revision-history'] = ','.join(past + [old])
        notes['deployment.kubernetes.io/revision'] = str(top + 1)
        save('replicasets', current)
    if current is not None and not paused:
        notes = current['metadata'].setdefault('annotations', {})
        copied = {k: v for k, v in annotations.items() if k not in DROPPED}
        if any(notes.get(k) != v for k, v in copied.items()):
            notes.update(copied)
            save('replicasets', current)
        annotations['deployment.kubernetes.io/revision'] = notes['deployment.kubernetes.io/revision']
    wanted = spec.get('replicas', 1)
    failure = None
    pods = {s['metadata']['uid']: owned('pods', s['metadata']['uid']) for s in sets}
    if current is not None and (not paused or pods[current['metadata']['uid']]):
        mine = pods[current['metadata']['uid']]
        surge = 1
        total = sum(len(p) for p in pods.values())
        while len(mine) < wanted and (total < wanted + surge) and not paused:
            if behave['quota'] and total >= behave['quota']:
                failure = condition('ReplicaFailure', 'True', 'FailedCreate', 'pods "%s-x" is forbidden: exceeded quota: gpus, requested: pods=1, used: pods=%d, limited: pods=%d' % (current['metadata']['name'], total, behave['quota']))
                break
            make_pod(current, current['spec']['template']['spec'], current['spec']['template']['metadata']['labels'],
                     current['metadata']['name'] + '-' + uuid.uuid4().hex[:5])
            mine = pods[current['metadata']['uid']] = owned('pods', current['metadata']['uid'])
            total += 1
        while len(mine) > wanted:
            drop('pods', mine[-1])
            mine = pods[current['metadata']['uid']] = owned('pods', current['metadata']['uid'])
        ready = sum(is_ready(p) for p in mine)
        for s in sets:
            if s is current:
                continue
            for pod in pods[s['metadata']['uid']][:]:
                left = sum(len(p) for u, p in pods.items() if u != current['metadata']['uid'])
                healthy = ready + sum(is_ready(p) for u, ps in pods.items() if u != current['metadata']['uid'] for p in ps)
                if not is_ready(pod) or healthy - 1 >= wanted or ready >= wanted:
                    drop('pods', pod)
                    pods[s['metadata']['uid']].remove(pod)
    for s in sets:
        each = owned('pods', s['metadata']['uid'])
        status = {'replicas': len(each), 'observedGeneration': s['metadata']['generation']}
        count = sum(is_ready(p) for p in each)
        if count:
            status['readyReplicas'] = status['availableReplicas'] = count
        if s['status'] != status or s['spec']['replicas'] != len(each):
            s['status'] = status
            s['spec']['replicas'] = len(each)
            save('replicasets', s)
    mine = owned('pods', current['metadata']['uid']) if current is not None else []
    total = sum(len(owned('pods', s['metadata']['uid'])) for s in sets)
    ready = sum(is_ready(p) for s in sets for p in owned('pods', s['metadata']['uid']))
    status = {'observedGeneration': meta['generation']}
    for key, value in (('replicas', total), ('updatedReplicas', len(mine)), ('readyReplicas', ready), ('availableReplicas', ready), ('unavailableReplicas', max(0, wanted - ready))):
        if value:
            status[key] = value
    status['terminatingReplicas'] = 0
    done = len(mine) == wanted == total == ready
    old = {c['type']: c for c in d.get('status', {}).get('conditions', [])}
    conditions = [condition('Available', 'True' if ready >= wanted else 'False', 'MinimumReplicasAvailable' if ready >= wanted else 'MinimumReplicasUnavailable')]
    if d.get('_generation') != meta['generation']:
        d['_generation'], d['_since'] = meta['generation'], time.time()
    if paused:
        conditions.append(condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused'))
    elif done:
        conditions.append(condition('Progressing', 'True', 'NewReplicaSetAvailable', 'ReplicaSet "%s" has successfully progressed.' % current['metadata']['name']))
    elif time.time() - d['_since'] > spec.get('progressDeadlineSeconds', 600) * behave['deadline_scale']:
        conditions.append(condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'ReplicaSet "%s" has timed out progressing.' % current['metadata']['name']))
    else:
        lingers = old.get('Progressing', {}).get('reason') == 'NewReplicaSetAvailable' and len(mine) == wanted == total
        conditions.append(condition('Progressing', 'True', 'NewReplicaSetAvailable' if lingers else 'ReplicaSetUpdated'))
    if failure:
        conditions.append(failure)
    for c in conditions:
        was = old.get(c['type'])
        if was and all(was[k] == c[k] for k in ('status', 'reason', 'message')):
            c.update(lastUpdateTime=was['lastUpdateTime'], lastTransitionTime=was['lastTransitionTime'])
    status['conditions'] = conditions
    d['status'] = status
    limit = spec.get('revisionHistoryLimit', 10)
    idle = sorted((s for s in sets if s is not current and s['spec']['replicas'] == 0), key=revision)
    if not paused:
        for s in idle[:max(0, len(idle) - limit)]:
            drop('replicasets', s)
    if json.dumps(d, sort_keys=True) != before:
        save('deployments', d)


def reconcile_statefulset(s):
    meta, spec = s['metadata'], s['spec']
    before = json.dumps(s, sort_keys=True)
    sets = owned('controllerrevisions', meta['uid'])
    template = dict(copy.deepcopy(spec['template']), **{'$patch': 'replace'})
    current = next((r for r in sets if r['data']['spec']['template'] == template), None)
    top = max([r['revision'] for r in sets] or [0])
    if current is None:
        hash = hashed(template)
        labels = dict(spec['template']['metadata'].get('labels', {}), **{'controller.kubernetes.io/hash': hash})
        current = create('controllerrevisions', 'ControllerRevision', 'apps/v1', meta['namespace'], meta['name'] + '-' + hash,
                         {'data': {'spec': {'template': template}}, 'revision': top + 1}, owner=s, labels=labels,
                         annotations={k: v for k, v in meta.get('annotations', {}).items() if k == 'kubernetes.io/change-cause'})
    elif current['revision'] < top:
        current['revision'] = top + 1
        save('controllerrevisions', current)
    hash = current['metadata']['labels']['controller.kubernetes.io/hash']
    pods = owned('pods', meta['uid'])
    wanted = spec.get('replicas', 1)
    for index in range(wanted):
        name = '%s-%d' % (meta['name'], index)
        pod = objects.get(('pods', meta['namespace'], name))
        if pod is not None and pod['metadata']['labels'].get('controller-revision-hash') != current['metadata']['name']:
            drop('pods', pod)
            pod = None
        if pod is None:
            make_pod(s, spec['template']['spec'], dict(spec['template']['metadata'].get('labels', {}), **{'controller-revision-hash': current['metadata']['name']}), name)
    for pod in pods:
        if int(pod['metadata']['name'].rsplit('-', 1)[1]) >= wanted:
            drop('pods', pod)
    pods = owned('pods', meta['uid'])
    ready = sum(is_ready(p) for p in pods)
    status = {'observedGeneration': meta['generation'], 'replicas': len(pods), 'updateRevision': current['metadata']['name'],
              'currentRevision': current['metadata']['name'] if ready == wanted else s.get('status', {}).get('currentRevision', current['metadata']['name'])}
    for key, value in (('readyReplicas', ready), ('availableReplicas', ready), ('updatedReplicas', len(pods))):
        if value:
            status[key] = value
    s['status'] = status
    if json.dumps(s, sort_keys=True) != before:
        save('statefulsets', s)


def reconcile_isvc(o):
    """KServe's InferenceService: Knative's revisions and traffic, or canaries of Standard mode."""
    meta, spec = o['metadata'], o['spec']
    if o.get('_generation') == meta['generation'] and o.get('_marks') == meta.get('annotations'):
        return
    o['_generation'], o['_marks'] = meta['generation'], copy.deepcopy(meta.get('annotations'))
    predictor = {k: v for k, v in spec['predictor'].items() if k != 'canaryTrafficPercent'}
    status = {'observedGeneration': meta['generation'], 'modelStatus': {'transitionStatus': 'UpToDate', 'copies': {'totalCopies': 1, 'failedCopies': 0}}}
    ready = 'True'
    annotations = meta.get('annotations') or {}
    if annotations.get('serving.kserve.io/deploymentMode') in ('Standard', 'RawDeployment'):
        status['canaryStatuses'] = [{'name': c['predictor']['name'], 'ready': True, 'trafficPercent': c.get('trafficPercent', 0)} for c in spec.get('canary', [])]
    else:
        k = o.setdefault('_k', {'n': 0, 'spec': None, 'created': None, 'ready': None, 'rolled': None, 'previous': None})
        if k['spec'] != predictor:
            k.update(spec=copy.deepcopy(predictor), n=k['n'] + 1)
            k['created'] = '%s-predictor-%05d' % (meta['name'], k['n'])
            if 'broken' not in json.dumps(predictor):
                k['ready'] = k['created']
        if k['ready'] != k['created']:
            ready = 'False'
            status['modelStatus'] = {'transitionStatus': 'BlockedByFailedLoad', 'lastFailureInfo': {'reason': 'ModelLoadFailed', 'message': 'no such file'}}
        percent = spec['predictor'].get('canaryTrafficPercent')
        if percent is None or percent == 100 or k['rolled'] is None:
            if k['rolled'] != k['ready']:
                k['previous'], k['rolled'] = k['rolled'], k['ready']
            traffic = [{'latestRevision': True, 'percent': 100, 'revisionName': k['ready']}]
        else:
            if k['rolled'] == k['ready'] and percent == 0 and k['previous']:
                k['rolled'] = k['previous']
            traffic = [{'latestRevision': True, 'percent': percent, 'revisionName': k['ready']}, {'latestRevision': False, 'percent': 100 - percent, 'revisionName': k['rolled'], 'tag': 'prev'}]
        parts = {'latestCreatedRevision': k['created'], 'latestReadyRevision': k['ready'], 'latestRolledoutRevision': k['rolled'], 'traffic': traffic}
        if k['previous']:
            parts['previousRolledoutRevision'] = k['previous']
        status['components'] = {'predictor': parts}
    status['conditions'] = [{'type': 'Ready', 'status': ready, 'lastTransitionTime': now()}]
    if annotations.get('serving.kserve.io/stop') == 'true':
        status['conditions'] = [{'type': 'Ready', 'status': 'False', 'lastTransitionTime': now()}, {'type': 'Stopped', 'status': 'True', 'lastTransitionTime': now()}]
    o['status'] = status
    save('inferenceservices', o)


def reconcile_llm(o):
    route = (o['spec'].get('router') or {}).get('route') or {}
    stopped = lambda x: (x['metadata'].get('annotations') or {}).get('serving.kserve.io/stop') == 'true'
    status = {'observedGeneration': o['metadata']['generation'], 'conditions': [{'type': 'Ready', 'status': 'False' if stopped(o) else 'True', 'lastTransitionTime': o['metadata']['creationTimestamp']}]}
    if route.get('group'):
        group = [x for k, x in sorted(objects.items(), key=lambda e: e[0][2]) if k[0] == 'llminferenceservices' and ((x['spec'].get('router') or {}).get('route') or {}).get('group') == route['group']]
        status['router'] = {'group': {'name': route['group'], 'members': [dict({'name': x['metadata']['name'], 'weight': x['spec']['router']['route'].get('weight', 1)}, **({'stopped': True} if stopped(x) else {})) for x in group]}}
    if o.get('status') != status:
        o['status'] = status
        save('llminferenceservices', o)


def stamp(seconds):
    at = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return at.strftime('%Y-%m-%dT%H:%M:%S.') + '%06d000Z' % at.microsecond


def over(pod):
    """How a pod of a job ends, by its image's tag."""
    image = pod['spec']['containers'][0]['image']
    if pod['status'].get('phase') != 'Running' or 'endless' in image or time.time() - pod['_seen'] < behave['ready_after'] + behave['run_for']:
        return
    failing = 'failing' in image or 'evicted' in image or 'oom' in image
    code = 137 if 'oom' in image else 1 if failing else 0
    pod['status']['phase'] = 'Failed' if failing else 'Succeeded'
    if 'evicted' in image:
        pod['status'].update(reason='Evicted', message='The node was low on resource: memory.')
    ended = {'exitCode': code, 'reason': 'OOMKilled' if code == 137 else 'Error' if failing else 'Completed',
             'startedAt': pod['metadata']['creationTimestamp'], 'finishedAt': now()}
    pod['status']['containerStatuses'][0].update(ready=False, state={'terminated': ended})
    pod['status']['conditions'][-1].update(status='False', reason='PodCompleted')
    save('pods', pod)


def reconcile_job(o):
    meta, spec = o['metadata'], o['spec']
    status = o.setdefault('status', {})
    if any(c['type'] in ('Complete', 'Failed') for c in status.get('conditions', [])):
        return
    before = json.dumps(status, sort_keys=True)
    pods = owned('pods', meta['uid'])
    if spec.get('suspend'):
        status['conditions'] = [condition('Suspended', 'True', 'JobSuspended', 'Job suspended')]
    elif len(pods) < spec.get('parallelism', 1):
        if behave['quota'] and len(pods) >= behave['quota'] - 1:
            if not o.get('_told'):
                o['_told'] = True
                event(o, 'FailedCreate', 'Error creating: pods "%s-x" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=8, used: requests.nvidia.com/gpu=8, limited: requests.nvidia.com/gpu=8' % meta['name'], 'Warning')
        else:
            labels = dict((spec['template'].get('metadata') or {}).get('labels', {}), **{'job-name': meta['name'], 'batch.kubernetes.io/job-name': meta['name'], 'batch.kubernetes.io/job-completion-index': str(len(pods))})
            make_pod(o, spec['template']['spec'], labels, meta['name'] + '-' + uuid.uuid4().hex[:5])
    for pod in pods:
        over(pod)
    pods = owned('pods', meta['uid'])
    bad = [p for p in pods if p['status'].get('phase') == 'Failed']
    done = [p for p in pods if p['status'].get('phase') == 'Succeeded']
    if bad and spec.get('backoffLimit', 6) == 0:
        status.update(failed=len(bad), conditions=[condition('Failed', 'True', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')])
    elif done and len(done) >= spec.get('completions', 1):
        status.update(succeeded=len(done), completionTime=now(), conditions=[condition('Complete', 'True', 'CompletionsReached')])
    else:
        status['active'] = len(pods) - len(bad) - len(done)
    if json.dumps(status, sort_keys=True) != before:
        save('jobs', o)


def reconcile_trainjob(o):
    """Kubeflow's trainer by way of a JobSet: one Job `NAME-node-0`, whose pods bear the set's name."""
    meta, trainer = o['metadata'], o['spec'].get('trainer') or {}
    jobs = owned('jobs', meta['uid'])
    if not jobs:
        labels = {'jobset.sigs.k8s.io/jobset-name': meta['name'], 'jobset.sigs.k8s.io/replicatedjob-name': 'node'}
        container = {'name': 'node', 'image': trainer.get('image', 'runtime:1'), 'env': trainer.get('env', []), 'resources': trainer.get('resourcesPerNode', {})}
        create('jobs', 'Job', 'batch/v1', meta['namespace'], meta['name'] + '-node-0', {'spec': {
            'parallelism': trainer.get('numNodes', 1), 'completions': trainer.get('numNodes', 1), 'backoffLimit': 0,
            'template': {'metadata': {'labels': labels}, 'spec': {'containers': [container]}}}}, owner=o, labels=labels)
        return
    inner = [c for c in jobs[0].get('status', {}).get('conditions', []) if c['type'] in ('Complete', 'Failed')]
    if inner and not o.get('status', {}).get('conditions'):
        c = inner[0]
        o['status'] = {'conditions': [condition(c['type'], 'True', 'JobsCompleted' if c['type'] == 'Complete' else 'JobsFailed', c['message'])]}
        save('trainjobs', o)


def reconcile_rollout(o):
    """Argo Rollouts: a canary's steps, its pauses, its end."""
    meta, spec = o['metadata'], o['spec']
    before = json.dumps(shown(o), sort_keys=True)
    template = copy.deepcopy(spec['template'])
    (template.get('metadata') or {}).get('labels', {}).pop('rollouts-pod-template-hash', None)
    hash = hashed(template)
    sets = owned('replicasets', meta['uid'])
    number = lambda s: int(s['metadata'].get('annotations', {}).get('rollout.argoproj.io/revision', 0))
    current = next((s for s in sets if s['metadata']['labels']['rollouts-pod-template-hash'] == hash), None)
    top = max([number(s) for s in sets] or [0])
    if current is None:
        made = copy.deepcopy(template)
        made.setdefault('metadata', {}).setdefault('labels', {})['rollouts-pod-template-hash'] = hash
        current = create('replicasets', 'ReplicaSet', 'apps/v1', meta['namespace'], meta['name'] + '-' + hash, {
            'spec': {'replicas': 0, 'template': made}, 'status': {'replicas': 0}}, owner=o, labels=dict(made['metadata']['labels']),
            annotations={'rollout.argoproj.io/revision': str(top + 1)})
    elif number(current) < top:
        current['metadata']['annotations']['rollout.argoproj.io/revision'] = str(top + 1)
        save('replicasets', current)
    meta.setdefault('annotations', {})['rollout.argoproj.io/revision'] = current['metadata']['annotations']['rollout.argoproj.io/revision']
    status = o.setdefault('status', {})
    steps = (spec['strategy'].get('canary') or {}).get('steps') or []
    wanted = spec.get('replicas', 1)
    if status.get('currentPodHash') != hash:
        status.update(currentPodHash=hash, currentStepIndex=0, controllerPause=False)
        for key in ('abort', 'abortedAt', 'pauseConditions', 'promoteFull'):
            status.pop(key, None)
    if o.get('_aborted') and not status.get('abort'):
        status['currentStepIndex'] = 0
    o['_aborted'] = bool(status.get('abort'))
    if not status.get('stableRS') or status.get('stableRS') == hash or (status.get('promoteFull') and not status.get('abort')):
        status.update(stableRS=hash, currentStepIndex=len(steps), phase='Healthy', controllerPause=False)
        for key in ('promoteFull', 'pauseConditions', 'message'):
            status.pop(key, None)
    elif status.get('abort'):
        status.update(phase='Degraded', message='RolloutAborted: Rollout aborted update to revision ' + meta['annotations']['rollout.argoproj.io/revision'], controllerPause=False)
        status.pop('pauseConditions', None)
        status['canary'] = {'weights': {'canary': {'weight': 0, 'podTemplateHash': hash}, 'stable': {'weight': 100, 'podTemplateHash': status['stableRS']}}}
    elif spec.get('paused'):
        status.update(phase='Paused', message='manually paused')
    else:
        index = status.get('currentStepIndex', 0)
        status.pop('message', None)
        while index < len(steps):
            step = steps[index]
            if 'setWeight' in step:
                weight = step['setWeight']
                status['canary'] = {'weights': {'canary': {'weight': weight, 'podTemplateHash': hash}, 'stable': {'weight': 100 - weight, 'podTemplateHash': status['stableRS']}}}
            elif 'pause' in step:
                if status.get('pauseConditions'):
                    status['phase'] = 'Paused'
                    break
                if not status.get('controllerPause'):
                    status.update(phase='Paused', message='CanaryPauseStep', controllerPause=True, pauseConditions=[{'reason': 'CanaryPauseStep', 'startTime': now()}])
                    break
                status['controllerPause'] = False
            index += 1
        status['currentStepIndex'] = index
        if index >= len(steps):
            status.update(stableRS=hash, phase='Healthy')
    status.update(observedGeneration=str(meta['generation']), replicas=wanted, updatedReplicas=wanted, readyReplicas=wanted, availableReplicas=wanted)
    if json.dumps(shown(o), sort_keys=True) != before:
        save('rollouts', o)


RECONCILE = {'jobs': reconcile_job, 'trainjobs': reconcile_trainjob, 'inferenceservices': reconcile_isvc, 'llminferenceservices': reconcile_llm, 'rollouts': reconcile_rollout}


def controllers():
    while True:
        time.sleep(0.02)
        with lock:
            if behave['kubelet']:
                for key in [k for k in list(objects) if k[0] == 'pods'] if len(objects) < 5000 else []:
                    kubelet(objects[key])
            if not behave['controller'] or len(objects) >= 5000:
                continue
            for key, obj in list(objects.items()):
                if key in objects and key[0] == 'deployments':
                    reconcile_deployment(obj)
                elif key in objects and key[0] == 'statefulsets':
                    reconcile_statefulset(obj)
                elif key in objects and key[0] in RECONCILE:
                    RECONCILE[key[0]](obj)


# --- HTTP ----------------------------------------------------------------------------------------------------------

def shown(obj):
    return {k: v for k, v in obj.items() if not k.startswith('_')}


def partial(obj):
    return {'kind': 'PartialObjectMetadata', 'apiVersion': 'meta.k8s.io/v1', 'metadata': obj['metadata']}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = 1 << 16

    def log_message(self, *args):
        pass

    def answer(self, code, body, kind='application/json', headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body, separators=(',', ':')).encode()
        self.send_response(code)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def handle_any(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        size = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(size) if size else b''
        try:
            if url.path.startswith('/-/'):
                return self.control(url.path, query, body)
            who = self.user()
            log.append({'method': self.command, 'path': url.path, 'query': query, 'user': who,
                        'type': self.headers.get('Content-Type'), 'body': body.decode('utf8', 'replace') if body else '',
                        'headers': {k: v for k, v in self.headers.items() if k.lower() != 'authorization'}})
            here = '%s %s' % (self.command, url.path)
            if behave['refuse'] and behave['refuse'] in here:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if behave['hang'] and behave['hang'] in here:
                time.sleep(30)
            self.route(url.path, query, body, who)
        except Failure as failure:
            self.answer(failure.code, failure.body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    def user(self):
        token = (self.headers.get('Authorization') or '')[7:]
        if not token:
            return behave['anonymous']
        if token.split('.')[0] not in TOKENS or token in behave['expired']:
            raise Failure(401, 'Unauthorized', 'Unauthorized')
        return token.split('.')[0]

    def control(self, path, query, body):
        with lock:
            if path == '/-/log':
                return self.answer(200, log)
            if path == '/-/clear':
                log.clear()
            if path == '/-/set':
                behave.update(json.loads(body))
            if path == '/-/compact':
                floor[0] = version[0]
                history.clear()
            if path == '/-/cut':
                behave['cut'] = time.time()
                changed.notify_all()
            if path == '/-/touch':
                # Changes of the status, as a rollout makes them.
                for plural in ('deployments', 'replicasets'):
                    for key in sorted_cache.get(plural, [])[:int(query['count'])]:
                        objects[key]['status']['observedGeneration'] = objects[key]['metadata']['generation']
                        save(plural, objects[key])
            if path == '/-/reset':
                objects.clear(); by_owner.clear()
            self.answer(200, {'ok': True})

    def allowed(self, who, verb):
        rights = TOKENS.get(who, ())
        return rights == '*' or verb in rights

    def require(self, who, verb, api, plural, namespace, name=None, part=None):
        if self.allowed(who, verb):
            return
        group = api.split('/')[0] if '/' in api else ''
        what = plural + ('.' + group if group else '')
        resource = plural + ('/' + part if part else '')
        message = '%s%s is forbidden: User "%s" cannot %s resource "%s" in API group "%s"' % (
            what, ' "%s"' % name if name else '', who, verb, resource, group)
        message += ' in the namespace "%s"' % namespace if namespace else ' at the cluster scope'
        details = {'group': group, 'kind': plural}
        if name:
            details = dict(name=name, **details)
        raise Failure(403, 'Forbidden', message, details)

    def route(self, path, query, body, who):
        if path == '/version':
            return self.answer(200, {'major': '1', 'minor': '36', 'gitVersion': 'v1.36.2', 'platform': 'linux/amd64'})
        if path == '/api':
            return self.answer(200, {'kind': 'APIVersions', 'versions': ['v1']})
        if path == '/apis':
            groups = {}
            for api in behave['groups']:
                if '/' in api:
                    groups.setdefault(api.split('/')[0], []).append({'groupVersion': api, 'version': api.split('/')[1]})
            return self.answer(200, {'kind': 'APIGroupList', 'apiVersion': 'v1', 'groups': [
                {'name': g, 'versions': v, 'preferredVersion': v[0]} for g, v in groups.items()]})
        steps = path.strip('/').split('/')
        if path.startswith('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'):
            review = json.loads(body)
            attributes = review['spec']['resourceAttributes']
            fine = self.allowed(who, attributes['verb'])
            review['status'] = {'allowed': fine, 'reason': 'RBAC: allowed by RoleBinding "x"'} if fine else {'allowed': False}
            return self.answer(201, review)
        if path.startswith('/apis/authentication.k8s.io/v1/selfsubjectreviews'):
            return self.answer(201, {'kind': 'SelfSubjectReview', 'status': {'userInfo': {'username': who}}})
        if steps[0] == 'api':
            api, rest = steps[1], steps[2:]
        elif steps[0] == 'apis' and len(steps) > 2:
            api, rest = steps[1] + '/' + steps[2], steps[3:]
        else:
            return self.answer(404, b'404 page not found', 'text/plain; charset=utf-8')
        if api not in behave['groups']:
            return self.answer(404, b'404 page not found', 'text/plain; charset=utf-8')
        if not rest:
            return self.answer(200, {'kind': 'APIResourceList', 'groupVersion': api, 'resources': [
                {'name': p, 'kind': k, 'namespaced': p not in CLUSTER_WIDE, 'verbs': ['get', 'list', 'watch', 'patch']}
                for p, k in GROUPS[api].items()]})
        namespace = None
        if rest[0] == 'namespaces' and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        plural, name, part = rest[0], rest[1] if len(rest) > 1 else None, rest[2] if len(rest) > 2 else None
        if plural not in GROUPS[api]:
            return self.answer(404, b'404 page not found', 'text/plain; charset=utf-8')
        if self.command == 'GET' and name is None:
            if query.get('watch') in ('1', 'true'):
                self.require(who, 'watch', api, plural, namespace)
                return self.watch(api, plural, namespace, query)
            self.require(who, 'list', api, plural, namespace)
            return self.list(api, plural, namespace, query)
        if self.command == 'POST':
            self.require(who, 'create', api, plural, namespace)
            return self.create(api, plural, namespace, json.loads(body))
        self.require(who, self.command.lower(), api, plural, namespace, name, part)
        with lock:
            obj = objects.get((plural, namespace, name))
            if obj is None:
                group = api.split('/')[0] if '/' in api else ''
                raise Failure(404, 'NotFound', '%s%s "%s" not found' % (plural, '.' + group if group else '', name),
                              {'name': name, 'group': group, 'kind': plural})
            if self.command == 'GET' and part == 'log':
                return self.pod_log(obj, query)
            if self.command == 'GET':
                return self.answer(200, shown(obj))
            if self.command == 'DELETE':
                wanted = (json.loads(body or b'{}').get('preconditions') or {}).get('uid')
                if wanted and wanted != obj['metadata']['uid']:
                    raise Failure(409, 'Conflict', 'Precondition failed: UID in precondition: %s, UID in object meta: %s' % (wanted, obj['metadata']['uid']), {})
                drop(plural, obj)
                return self.answer(200, {'kind': 'Status', 'status': 'Success'})
            if self.command == 'PATCH':
                return self.patch(api, plural, obj, part, query, body)
        raise Failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

    def pod_log(self, pod, query):
        if behave['log_fault']:
            raise Failure(behave['log_fault'], 'InternalError', 'Get "https://node:10250/containerLogs": dial tcp: connect: connection refused')
        if pod['status'].get('phase') in (None, 'Pending'):
            raise Failure(400, 'BadRequest', 'container "%s" in pod "%s" is waiting to start: ContainerCreating' % (query.get('container'), pod['metadata']['name']))
        # A line a millisecond; the server cuts by whole seconds.
        begun = pod.setdefault('_begun', time.time())
        lines = ['%s %s' % (stamp(begun + index / 1000), text) for index, text in enumerate(behave['log'].split('\n')) if text]
        lines = [l for l in lines if l[:19] >= query.get('sinceTime', '')[:19]]
        data = ''.join(l + '\n' for l in lines).encode()[:int(query.get('limitBytes') or 1 << 40)]
        self.answer(200, data, 'text/plain')

    def create(self, api, plural, namespace, obj):
        with lock:
            if behave['deny']:
                raise Failure(behave['deny_code'], 'Forbidden', behave['deny'], {})
            kind = GROUPS[api][plural]
            obj = dict(obj, kind=kind, apiVersion=api)
            meta = obj['metadata']
            if (plural, namespace, meta['name']) in objects:
                raise Failure(409, 'AlreadyExists', '%s "%s" already exists' % (plural, meta['name']), {'name': meta['name']})
            meta.setdefault('uid', str(uuid.uuid4()))
            meta.update(generation=1, creationTimestamp=meta.get('creationTimestamp', now()))
            if namespace:
                meta['namespace'] = namespace
            for owner in meta.get('ownerReferences', []):
                by_owner.setdefault((plural, owner['uid']), set()).add((plural, namespace, meta['name']))
            sign(obj, self.manager({}), None)
            save(plural, obj, 'ADDED')
            if behave['drop_reply']:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.answer(201, shown(obj))

    def manager(self, query):
        return query.get('fieldManager') or (self.headers.get('User-Agent') or 'unknown').split('/')[0]

    def patch(self, api, plural, obj, part, query, body):
        kind = (self.headers.get('Content-Type') or '').split(';')[0]
        if query.get('dryRun') not in (None, 'All'):
            raise Failure(422, 'Invalid', 'PatchOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value', {})
        try:
            change = json.loads(body)
        except ValueError:
            raise Failure(400, 'BadRequest', 'error decoding patch: invalid character', None)
        old = shown(obj)
        if kind == 'application/json-patch+json':
            new = json_patch(old, change)
        elif kind == 'application/merge-patch+json':
            new = merge(copy.deepcopy(old), change)
        elif kind == 'application/strategic-merge-patch+json' and api in BUILT_IN:
            new = strategic(copy.deepcopy(old), change)
        else:
            raise Failure(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json', {})
        name = old['metadata']['name']
        if new['metadata'].get('uid') != old['metadata']['uid']:
            raise Failure(422, 'Invalid', '%s "%s" is invalid: metadata.uid: Invalid value: field is immutable' % (plural, name), {})
        if new['metadata'].get('resourceVersion') != old['metadata']['resourceVersion']:
            raise Failure(409, 'Conflict', 'Operation cannot be fulfilled on %s.apps "%s": the object has been modified; please apply your changes to the latest version and try again' % (plural, name), {'name': name, 'group': 'apps', 'kind': plural})
        if part == 'scale':
            new = dict(copy.deepcopy(old), spec=dict(old['spec'], replicas=new['spec']['replicas']))
        elif part == 'status':
            new = dict(copy.deepcopy(old), status=new.get('status', {}))
        elif 'status' in old or 'status' in new:
            new['status'] = old.get('status', {})
        if part != 'status':
            if behave['deny']:
                raise Failure(behave['deny_code'], None, 'admission webhook "freeze.example.com" denied the request: ' + behave['deny'])
            if behave['mutate'] and 'template' in new.get('spec', {}):
                new['spec']['template'].setdefault('metadata', {}).setdefault('annotations', {})['mutated'] = behave['mutate']
            replicas = new.get('spec', {}).get('replicas', 0)
            if isinstance(replicas, int) and replicas < 0:
                raise Failure(422, 'Invalid', '%s "%s" is invalid: spec.replicas: Invalid value: %d: must be greater than or equal to 0' % (plural, name, replicas), {}, [{'reason': 'FieldValueInvalid', 'message': 'must be greater than or equal to 0', 'field': 'spec.replicas'}])
        if part != 'status' and new.get('spec') != old.get('spec'):
            new['metadata']['generation'] = old['metadata']['generation'] + 1
        same = json.dumps(new, sort_keys=True) == json.dumps(old, sort_keys=True)
        if not same:
            sign(new, self.manager(query), old, part)
        if query.get('dryRun') != 'All' and not same:
            for key in [k for k in obj if not k.startswith('_')]:
                del obj[key]
            obj.update(new)
            save(plural, obj)
        if behave['drop_reply'] and query.get('dryRun') != 'All':
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if part == 'scale':
            new = {'kind': 'Scale', 'apiVersion': 'autoscaling/v1', 'metadata': new['metadata'], 'spec': {'replicas': new['spec']['replicas']}, 'status': {'replicas': old.get('status', {}).get('replicas', 0)}}
        self.answer(200, shown(new))

    def found(self, plural, namespace, query):
        selected = parse_selector(query.get('labelSelector', ''))
        tests = [p.split('=', 1) for p in query.get('fieldSelector', '').split(',') if '=' in p]
        if any('!' in path for path, _ in tests):
            tests = []

        def fits(obj):
            for path, value in tests:
                here = obj
                for step in path.split('.'):
                    here = (here or {}).get(step) if isinstance(here, dict) else None
                if here != value:
                    return False
            return selected(obj['metadata'].get('labels') or {})
        return fits

    def list(self, api, plural, namespace, query):
        metadata_only = 'PartialObjectMetadata' in (self.headers.get('Accept') or '')
        if 'as=Table' in (self.headers.get('Accept') or '') and 'kubectl' in (self.headers.get('User-Agent') or ''):
            return self.table(api, plural, namespace, query)
        with lock:
            fits = self.found(plural, namespace, query)
            keys = sorted(k for k in objects if k[0] == plural and (namespace is None or k[1] == namespace)) if plural not in sorted_cache or namespace else sorted_cache[plural]
            start, limit = 0, int(query.get('limit') or 0)
            if query.get('continue'):
                try:
                    rv, start = query['continue'].split('.')
                    start = int(start)
                except ValueError:
                    raise Failure(400, 'BadRequest', 'continue key is not valid: invalid character')
                if behave['gone_pages']:
                    behave['gone_pages'] -= 1
                    raise Failure(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result.')
            items = []
            index = start
            while index < len(keys) and not (limit and len(items) >= limit):
                obj = objects.get(keys[index])
                if obj is not None and fits(obj):
                    items.append(obj)
                index += 1
            meta = {'resourceVersion': str(version[0])}
            if limit and index < len(keys):
                meta['continue'] = '%d.%d' % (version[0], index)
                meta['remainingItemCount'] = len(keys) - index
            if metadata_only:
                data = b'{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":%s,"items":[%s]}' % (
                    json.dumps(meta).encode(), b','.join(json.dumps(partial(o), separators=(',', ':')).encode() for o in items))
            else:
                plain = [{k: v for k, v in shown(o).items() if k not in ('kind', 'apiVersion')} if api in BUILT_IN else shown(o) for o in items]
                data = json.dumps({'kind': GROUPS[api][plural] + 'List', 'apiVersion': api, 'metadata': meta, 'items': plain}, separators=(',', ':')).encode()
        self.answer(200, data)

    def table(self, api, plural, namespace, query):
        with lock:
            keys = sorted(k for k in objects if k[0] == plural and (namespace is None or k[1] == namespace))
            start, limit = int((query.get('continue') or '0.0').split('.')[1]), int(query.get('limit') or 0) or len(keys)
            chosen = keys[start:start + limit]
            meta = {'resourceVersion': str(version[0])}
            if start + limit < len(keys):
                meta['continue'] = '%d.%d' % (version[0], start + limit)
            rows = [{'cells': [k[2], '3/3', 3, 3, '1d'], 'object': partial(objects[k])} for k in chosen]
            data = json.dumps({'kind': 'Table', 'apiVersion': 'meta.k8s.io/v1', 'metadata': meta, 'columnDefinitions': COLUMNS, 'rows': rows}, separators=(',', ':')).encode()
        self.answer(200, data)

    def watch(self, api, plural, namespace, query):
        table = 'as=Table' in (self.headers.get('Accept') or '') and 'kubectl' in (self.headers.get('User-Agent') or '')
        metadata_only = 'PartialObjectMetadata' in (self.headers.get('Accept') or '')
        place = int(query.get('resourceVersion') or 0)
        end = time.time() + float(query.get('timeoutSeconds') or 1800)
        opened = time.time()
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()

        def send(kind, obj):
            line = json.dumps({'type': kind, 'object': obj}, separators=(',', ':')).encode() + b'\n'
            self.wfile.write(b'%x\r\n%s\r\n' % (len(line), line))
            self.wfile.flush()
        self.wfile.flush()
        fits = self.found(plural, namespace, query)
        if place < floor[0]:
            send('ERROR', Failure(410, 'Expired', 'too old resource version: %d (%d)' % (place, floor[0])).body)
            end = 0
        marked = time.time()
        while time.time() < end and behave.get('cut', 0) < opened:
            with lock:
                first = len(history)
                while first > 0 and history[first - 1][0] > place:
                    first -= 1
                events = [(k, copy.deepcopy(o)) for v, p, k, o in history[first:] if p == plural and (namespace is None or o['metadata'].get('namespace') == namespace) and fits(o)]
                reached = version[0]
                if not events:
                    changed.wait(0.2)
            for kind, obj in events:
                if metadata_only:
                    send(kind, partial(obj))
                elif table:
                    send(kind, {'kind': 'Table', 'apiVersion': 'meta.k8s.io/v1', 'columnDefinitions': None, 'rows': [{'cells': [obj['metadata']['name'], '3/3', 3, 3, '1d'], 'object': partial(obj)}]})
                else:
                    send(kind, shown(obj))
            place = max(place, reached) if events else place
            if query.get('allowWatchBookmarks') and time.time() - marked > 1:
                marked = time.time()
                send('BOOKMARK', {'kind': GROUPS[api][plural], 'apiVersion': api, 'metadata': {'resourceVersion': str(place)}, 'spec': {'selector': None, 'template': {'metadata': {}, 'spec': {'containers': None}}}})
        self.wfile.write(b'0\r\n\r\n')
        self.close_connection = True


sorted_cache = {}
COLUMNS = [{'name': n, 'type': t, 'format': '', 'description': '', 'priority': 0} for n, t in (
    ('Name', 'string'), ('Ready', 'string'), ('Up-to-date', 'integer'), ('Available', 'integer'), ('Age', 'string'))]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # Clients go away; that is no news.


def deployment(name, image='registry.local/llm-server:1.0.0', replicas=2, labels=None):
    return {'metadata': {'name': name, 'labels': labels or {'app': name}, 'annotations': {'kubernetes.io/change-cause': 'release 1.0.0'}},
            'spec': {'replicas': replicas, 'selector': {'matchLabels': {'app': name}}, 'revisionHistoryLimit': 10, 'progressDeadlineSeconds': 20,
                     'strategy': {'type': 'RollingUpdate', 'rollingUpdate': {'maxSurge': 1, 'maxUnavailable': 0}},
                     'template': {'metadata': {'labels': {'app': name}}, 'spec': {'containers': [{
                         'name': 'server', 'image': image, 'args': ['--model', '/models/llm'], 'resources': {'limits': {'nvidia.com/gpu': '1'}},
                         'env': [{'name': 'MAX_BATCH', 'value': '16'}, {'name': 'HF_TOKEN', 'value': 'hf_do_not_show'}],
                         'readinessProbe': {'httpGet': {'path': '/health', 'port': 'http', 'scheme': 'HTTP'}, 'timeoutSeconds': 1, 'periodSeconds': 10, 'successThreshold': 1, 'failureThreshold': 3},
                         'ports': [{'name': 'http', 'containerPort': 8000, 'protocol': 'TCP'}], 'terminationMessagePath': '/dev/termination-log', 'terminationMessagePolicy': 'File', 'imagePullPolicy': 'IfNotPresent'}],
                         'restartPolicy': 'Always', 'terminationGracePeriodSeconds': 30, 'dnsPolicy': 'ClusterFirst', 'securityContext': {}, 'schedulerName': 'default-scheduler'}}}}


def many(count, revisions):
    """A fleet at rest, made without its controllers."""
    behave.update(controller=False, kubelet=False)
    quiet[0] = True
    for index in range(count):
        name = 'llm-%05d' % index
        d = dict(deployment(name), kind='Deployment', apiVersion='apps/v1')
        space = 'team-%02d' % (index % 20)
        d['metadata'].update(namespace=space, uid=str(uuid.uuid4()), generation=revisions, creationTimestamp=now())
        d['metadata']['annotations']['deployment.kubernetes.io/revision'] = str(revisions)
        d['status'] = {'observedGeneration': revisions, 'replicas': 2, 'updatedReplicas': 2, 'readyReplicas': 2, 'availableReplicas': 2,
                       'conditions': [condition('Available', 'True', 'MinimumReplicasAvailable'), condition('Progressing', 'True', 'NewReplicaSetAvailable')]}
        sign(d, 'deployer', None)
        save('deployments', d, 'ADDED')
        for number in range(1, revisions + 1):
            template = copy.deepcopy(d['spec']['template'])
            template['spec']['containers'][0]['image'] = 'registry.local/llm-server:1.0.%d' % (revisions - number)
            if number == revisions:
                template = copy.deepcopy(d['spec']['template'])
            hash = hashed(template)
            template['metadata']['labels']['pod-template-hash'] = hash
            rs = create('replicasets', 'ReplicaSet', 'apps/v1', space, name + '-' + hash, {
                'spec': {'replicas': 2 if number == revisions else 0, 'selector': {'matchLabels': {'app': name, 'pod-template-hash': hash}}, 'template': template},
                'status': {'replicas': 2, 'readyReplicas': 2} if number == revisions else {'replicas': 0}}, owner=d,
                labels=dict(template['metadata']['labels']), annotations={'deployment.kubernetes.io/revision': str(number), 'kubernetes.io/change-cause': 'release 1.0.%d' % number,
                                                                          'deployment.kubernetes.io/desired-replicas': '2', 'deployment.kubernetes.io/max-replicas': '3'})
            sign(rs, 'kube-controller-manager', None)
    quiet[0] = False
    floor[0] = version[0]
    for plural in ('deployments', 'replicasets'):
        sorted_cache[plural] = sorted(k for k in objects if k[0] == plural)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--deployments', type=int, default=0)
    parser.add_argument('--revisions', type=int, default=10)
    parser.add_argument('--open', action='store_true', help='who has no token may do all: kubectl sends none over http')
    parser.add_argument('--attached', action='store_true', help='ends when its input does')
    options = parser.parse_args()
    if options.deployments:
        many(options.deployments, options.revisions)
    server = Server(('127.0.0.1', options.port), Handler)
    threading.Thread(target=controllers, daemon=True).start()
    if options.open:
        behave['anonymous'] = 'admin'
    if options.attached:
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print('http://127.0.0.1:%d' % server.server_address[1], flush=True)
    server.serve_forever()
