<form method="post" action="{{ route('orders.store') }}">
    @csrf
    @foreach ($goods as $good)
        <label><input type="checkbox" name="goods[]" value="{{ $good->id }}"> {{ $good->name }}</label>
    @endforeach
    <a href="{{ route('terms') }}">Terms</a>
</form>
