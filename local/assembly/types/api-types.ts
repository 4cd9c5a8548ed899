import { generatedId } from '../physical-names.ts';
import { type IdentitySource, type ResourceTypes, tagsAreInert } from '../resource-type.ts';

/** Types of an API Gateway REST API. */
export const apiTypes: ResourceTypes = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html
  'AWS::ApiGateway::RestApi': {
    identity: restApiIdentity,
    honoured: ['Name', 'BinaryMediaTypes'],
    inert: {
      ...tagsAreInert,
      Description: 'a label',
      EndpointConfiguration: 'the API has one address, on this machine',
      DisableExecuteApiEndpoint: 'the API has one address, on this machine',
    },
  },
  'AWS::ApiGateway::Resource': {
    identity: (source) => withId(source, 6, 'ResourceId'),
    honoured: ['RestApiId', 'ParentId', 'PathPart'],
    inert: {},
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-method.html
  'AWS::ApiGateway::Method': {
    identity: (source) => withId(source, 10),
    honoured: [
      'RestApiId',
      'ResourceId',
      'HttpMethod',
      'AuthorizationType',
      'AuthorizerId',
      'Integration.Type',
      'Integration.IntegrationHttpMethod',
      'Integration.Uri',
      'Integration.TimeoutInMillis',
      'Integration.ResponseTransferMode',
    ],
    inert: {
      OperationName: 'a label',
      ApiKeyRequired: 'usage plans are not supported, and a plan is a type of its own',
    },
  },
  'AWS::ApiGateway::Deployment': {
    identity: (source) => withId(source, 6, 'DeploymentId'),
    honoured: ['RestApiId'],
    inert: { Description: 'a label' },
  },
  'AWS::ApiGateway::Stage': {
    identity: (source) => ({ ref: source.text('StageName') ?? source.logicalId, attributes: {} }),
    honoured: ['RestApiId', 'DeploymentId', 'StageName'],
    inert: {
      ...tagsAreInert,
      Description: 'a label',
      AccessLogSetting: 'the local runtime writes no access logs',
      MethodSettings: 'throttling, metrics and logs are only useful for a shared service',
      TracingEnabled: 'the local runtime collects no traces',
    },
  },
  'AWS::ApiGateway::Authorizer': {
    identity: (source) => withId(source, 6, 'AuthorizerId'),
    honoured: ['RestApiId', 'Name', 'Type', 'AuthorizerUri', 'AuthorizerResultTtlInSeconds'],
    inert: { AuthType: 'only a label for imports and exports' },
  },
  'AWS::ApiGateway::GatewayResponse': {
    identity: (source) => withId(source, 10, 'Id'),
    honoured: ['RestApiId', 'ResponseType', 'StatusCode', 'ResponseParameters.*', 'ResponseTemplates.*'],
    inert: {},
  },
  'AWS::ApiGateway::Account': {
    identity: (source) => withId(source, 10, 'Id'),
    honoured: [],
    inert: {},
    inertAsWhole: 'only permits API Gateway to write logs to CloudWatch',
  },
};

function withId(source: IdentitySource, length: number, attribute?: string) {
  const id = generatedId(source, length);
  return { ref: id, attributes: attribute === undefined ? {} : { [attribute]: id } };
}

function restApiIdentity(source: IdentitySource) {
  const id = generatedId(source, 10);
  const root = generatedId({ stack: source.stack, logicalId: `${source.logicalId}/root` }, 10);
  const arn = `arn:aws:apigateway:${source.region}::/restapis/${id}`;
  return { ref: id, arn, attributes: { RestApiId: id, RootResourceId: root } };
}
